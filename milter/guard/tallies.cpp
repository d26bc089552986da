#include "guard/tallies.h"

#include <fmt/format.h>

#include <algorithm>

namespace optout {
namespace {

std::chrono::seconds lasting(const Allowance& allowance) {
  const auto lasts = allowance.until - std::min(allowance.until, allowance.from);
  return std::chrono::ceil<std::chrono::seconds>(std::chrono::milliseconds(lasts));
}

}  // namespace

std::string print_text(std::uint64_t print) {
  return fmt::format("{:016x}", print);
}

std::string name_for(const Limit& limit, Fingerprint print) {
  if (limit.kind != LimitKind::same_message || !print) return limit.name();
  return limit.name() + '/' + print_text(*print);
}

Tally tally_for(const GuardSchema& schema, std::string_view sender, const Limit& limit,
                unsigned warn_at) {
  Tally tally = tally_of(schema.tally(sender, limit.name()), limit.window, limit.most);
  tally.of_interest = limit.most * std::min(warn_at, 100U) / 100;
  return tally;
}

// Of an estimated one the key would have to end otherwise.
static_assert(kMostOfSameMessage <= kExactUpTo);

Tally of_message(const Tally& in_common, std::uint64_t print) {
  Tally tally = in_common;
  tally.key.append(1, '/').append(print_text(print));
  return tally;
}

Share share_for(const GuardSchema& schema, std::string_view sender, const Limit& limit,
                unsigned warn_at) {
  return {.key = schema.tally(sender, limit.name()),
          .window = limit.window,
          .part_of_interest = std::uint64_t{limit.percent} * std::min(warn_at, 100U),
          .people_of_interest = limit.most};
}

Tally allowed_tally(const GuardSchema& schema, std::string_view sender,
                    const Allowance& allowance) {
  return estimated(schema.tally(sender, fmt::format("allowed/{}", allowance.from)),
                   lasting(allowance), allowance.most);
}

Limit limit_of(const Allowance& allowance, const Limits& lifted) {
  Limit limit{.kind = LimitKind::recipients,
              .most = allowance.most,
              .window = lasting(allowance),
              .then = Step::warn};
  for (const Limit& each : lifted) {
    limit.then = std::max(limit.then, each.then);
    if (each.kind == LimitKind::recipients) limit.most = std::max(limit.most, each.most);
  }
  return limit;
}

std::vector<std::string> tally_keys(const GuardSchema& schema, std::string_view sender,
                                    const Limits& limits) {
  std::vector<std::string> keys;
  for (const Limit& limit : limits) {
    if (limit.kind == LimitKind::recipients)
      keys.push_back(tally_for(schema, sender, limit, 100).key);
    if (limit.kind == LimitKind::opted_out)
      keys.push_back(share_for(schema, sender, limit, 100).key);
  }
  return keys;
}

}  // namespace optout

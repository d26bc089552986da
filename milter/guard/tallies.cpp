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

std::string name_for(const Limit& limit, Fingerprint print) {
  if (limit.kind != LimitKind::same_message || !print) return limit.name();
  return fmt::format("{}/{:016x}", limit.name(), *print);
}

Tally tally_for(const GuardSchema& schema, std::string_view sender, const Limit& limit,
                Fingerprint print) {
  return tally_of(schema.tally(sender, name_for(limit, print)), limit.window, limit.most);
}

Share share_for(const GuardSchema& schema, std::string_view sender, const Limit& limit) {
  return {.key = schema.tally(sender, limit.name()), .window = limit.window};
}

Tally allowed_tally(const GuardSchema& schema, std::string_view sender,
                    const Allowance& allowance) {
  Tally tally = tally_of(schema.tally(sender, fmt::format("allowed/{}", allowance.from)),
                         lasting(allowance), allowance.most);
  tally.exact = false;  // of a window that does not move on
  return tally;
}

bool is_lifted(const Limit& limit) noexcept {
  return limit.kind != LimitKind::opted_out;
}

Limit limit_of(const Allowance& allowance, const Limits& lifted) {
  Limit limit{.kind = LimitKind::recipients,
              .most = allowance.most,
              .window = lasting(allowance),
              .then = Step::warn};
  for (const Limit& each : lifted) {
    if (is_lifted(each)) limit.then = std::max(limit.then, each.then);
  }
  return limit;
}

std::vector<std::string> tally_keys(const GuardSchema& schema, std::string_view sender,
                                    const Limits& limits) {
  std::vector<std::string> keys;
  for (const Limit& limit : limits) {
    if (limit.kind == LimitKind::recipients || limit.kind == LimitKind::opted_out)
      keys.push_back(schema.tally(sender, limit.name()));
  }
  return keys;
}

}  // namespace optout

#include "guard/tallies.h"

#include <fmt/format.h>

#include <algorithm>

namespace optout {
namespace {

// Shares are asked for of any number of people.
constexpr std::uint64_t kManyPeople = 100'000;

}  // namespace

std::string name_for(const Limit& limit, Fingerprint print) {
  if (limit.kind != LimitKind::same_message || !print) return limit.name();
  return fmt::format("{}/{:016x}", limit.name(), *print);
}

Tally tally_for(const GuardSchema& schema, std::string_view sender, const Limit& limit,
                Fingerprint print) {
  return tally_of(schema.tally(sender, name_for(limit, print)), limit.window, limit.most);
}

Tally addressed_tally(const GuardSchema& schema, std::string_view sender, const Limit& limit) {
  return tally_of(schema.tally(sender, "addressed/" + window_text(limit.window)), limit.window,
                  kManyPeople);
}

Tally opted_out_tally(const GuardSchema& schema, std::string_view sender, const Limit& limit) {
  return tally_of(schema.tally(sender, "opted_out/" + window_text(limit.window)), limit.window,
                  kManyPeople);
}

Tally allowed_tally(const GuardSchema& schema, std::string_view sender,
                    const Allowance& allowance) {
  const std::chrono::milliseconds lasts(allowance.until -
                                        std::min(allowance.until, allowance.from));
  Tally tally = tally_of(schema.tally(sender, fmt::format("allowed/{}", allowance.from)),
                         2 * std::chrono::ceil<std::chrono::seconds>(lasts), allowance.most);
  tally.exact = false;  // of a window twice as long, all of one half is always there
  return tally;
}

bool is_lifted(const Limit& limit) noexcept {
  return limit.kind != LimitKind::opted_out;
}

Limit limit_of(const Allowance& allowance, const Limits& lifted) {
  const std::chrono::milliseconds lasts(allowance.until -
                                        std::min(allowance.until, allowance.from));
  Limit limit{.kind = LimitKind::recipients,
              .most = allowance.most,
              .window = std::chrono::ceil<std::chrono::seconds>(lasts),
              .then = Step::warn};
  for (const Limit& each : lifted) {
    if (is_lifted(each)) limit.then = std::max(limit.then, each.then);
  }
  return limit;
}

std::vector<std::string> tally_keys(const GuardSchema& schema, std::string_view sender,
                                    const Limits& limits, RedisTime now) {
  std::vector<std::string> keys;
  const auto add = [&](const Tally& tally) {
    for (std::string& key : keys_of(tally, now * 1000))
      keys.push_back(std::move(key));
  };
  for (const Limit& limit : limits) {
    switch (limit.kind) {
      case LimitKind::recipients:
        add(tally_for(schema, sender, limit, {}));
        break;
      case LimitKind::opted_out:
        add(addressed_tally(schema, sender, limit));
        add(opted_out_tally(schema, sender, limit));
        break;
      case LimitKind::recipients_per_message:
      case LimitKind::same_message:
        break;
    }
  }
  return keys;
}

}  // namespace optout

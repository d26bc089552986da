#include "guard/sender_plan.h"

#include <algorithm>
#include <utility>

namespace optout {
namespace {

std::vector<SenderPlan::PlannedLimit> plan(const GuardSchema& schema, const GuardedSender& sender,
                                           unsigned warn_at) {
  std::vector<SenderPlan::PlannedLimit> limits;
  for (const Limit& limit : sender.limits) {
    auto& planned = limits.emplace_back();
    if (limit.kind == LimitKind::recipients || limit.kind == LimitKind::same_message)
      planned.tally = tally_for(schema, sender.name, limit, warn_at);
    if (limit.kind == LimitKind::opted_out)
      planned.share = share_for(schema, sender.name, limit, warn_at);
  }
  return limits;
}

std::chrono::seconds longest(const Limits& limits) noexcept {
  std::chrono::seconds longest(1);
  for (const Limit& limit : limits)
    longest = std::max(longest, limit.window);
  return longest;
}

}  // namespace

SenderPlan::SenderPlan(const GuardSchema& schema, GuardedSender whom, unsigned warn_at)
    : sender(std::move(whom)),
      limits(plan(schema, sender, warn_at)),
      state(schema.state(sender.name)),
      passed(schema.passed(sender.name)),
      longest_window(longest(sender.limits)),
      passed_kept_for(std::chrono::microseconds(longest_window) / 8),
      passed_lasts(
          std::to_string((longest_window + longest_window / 8 + std::chrono::seconds(1)).count())) {
}

}  // namespace optout

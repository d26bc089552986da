#include "guard/judgement.h"

#include <algorithm>

namespace optout {
namespace {

// The share that is allowed, in hundredths of people: nothing is rounded.
bool reaches_share(const LimitStanding& standing, std::uint64_t hundredths_of_percent) noexcept {
  return standing.opted_out * 10'000 >= standing.people * hundredths_of_percent;
}

}  // namespace

bool is_over(const Limit& limit, const LimitStanding& standing) noexcept {
  if (limit.kind != LimitKind::opted_out) return standing.people > limit.most;
  return standing.people >= limit.most && standing.opted_out > 0 &&
         reaches_share(standing, std::uint64_t{limit.percent} * 100);
}

bool is_near(const Limit& limit, const LimitStanding& standing, unsigned percent) noexcept {
  // Of single messages there is no warning: there may be very many.
  const bool of_sender = limit.kind == LimitKind::recipients || limit.kind == LimitKind::opted_out;
  if (percent >= 100 || !of_sender) return false;
  if (limit.kind == LimitKind::recipients) return standing.people * 100 >= limit.most * percent;
  return standing.people >= limit.most && standing.opted_out > 0 &&
         reaches_share(standing, std::uint64_t{limit.percent} * percent);
}

GuardVerdict judge_bulk(std::span<const Limit> limits, std::span<const LimitStanding> standings,
                        unsigned warn_at) {
  GuardVerdict verdict;
  for (std::size_t i = 0; i < std::min(limits.size(), standings.size()); ++i) {
    const Limit& limit = limits[i];
    const LimitStanding& standing = standings[i];
    if (!standing.applies) continue;
    const bool over = is_over(limit, standing);
    if (over && !standing.tripped) verdict.trips.push_back(i);
    if (over || standing.tripped) {
      if (!verdict.step || limit.then > *verdict.step) {
        verdict.step = limit.then;
        verdict.limit = i;
      }
    } else if (!standing.warned && is_near(limit, standing, warn_at)) {
      verdict.warnings.push_back(i);
    }
  }
  return verdict;
}

}  // namespace optout

#include "message/guard_service.h"

#include "metrics/metric.h"

#include <string>

namespace optout {

GuardMeters::GuardMeters(Meters& meters, const GuardOptions& options) : meters_(&meters) {
  const bool monitors = options.mode == GuardMode::monitor;
  for (const Limit& limit : options.limits) {
    const std::string action = std::string(monitors ? "would-" : "").append(to_string(limit.then));
    meters.counter(metrics::kGuardTrips, {to_string(limit.kind), action});
    meters.counter(metrics::kGuardTrips, {to_string(limit.kind), "near"});
    if (limit.then != Step::warn) meters.counter(metrics::kGuardMessages, {action});
  }
  meters.counter(metrics::kGuardUnchecked, {});
}

void GuardMeters::trip(LimitKind limit, std::string_view action) const {
  if (meters_ != nullptr) meters_->counter(metrics::kGuardTrips, {to_string(limit), action}).add();
}

void GuardMeters::message(std::string_view action) const {
  if (meters_ != nullptr) meters_->counter(metrics::kGuardMessages, {action}).add();
}

void GuardMeters::unchecked() const {
  if (meters_ != nullptr) meters_->counter(metrics::kGuardUnchecked, {}).add();
}

}  // namespace optout

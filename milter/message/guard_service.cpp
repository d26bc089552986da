#include "message/guard_service.h"

#include "metrics/metric.h"

#include <string>

namespace optout {

// Prometheus sees no increase in a counter that begins at 1. So all that limits of streams and
// senders, too, may come to stands on the page from the start.
GuardMeters::GuardMeters(Meters& meters) : meters_(&meters) {
  for (const std::string would : {"", "would-"}) {
    for (const Step step : {Step::warn, Step::hold, Step::defer, Step::reject}) {
      const std::string action = would + std::string(to_string(step));
      for (const LimitKind kind : {LimitKind::recipients, LimitKind::recipients_per_message,
                                   LimitKind::same_message, LimitKind::opted_out}) {
        meters.counter(metrics::kGuardTrips, {to_string(kind), action});
      }
      if (step != Step::warn) meters.counter(metrics::kGuardMessages, {action});
    }
  }
  for (const LimitKind kind : {LimitKind::recipients, LimitKind::opted_out})
    meters.counter(metrics::kGuardTrips, {to_string(kind), "near"});
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

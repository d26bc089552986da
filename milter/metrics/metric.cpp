#include "metrics/metric.h"

namespace optout::metrics {

std::span<const Metric* const> all() noexcept {
  static constexpr std::array kAll{
      &kRecipients,     &kMessages,      &kUnchecked,           &kLookups,
      &kLookupFailures, &kLookupSeconds, &kUnsubscribeRequests, &kListUnsubscribe,
      &kConfirmations,  &kGuardTrips,    &kGuardMessages,       &kGuardUnchecked,
      &kGuardNotices,   &kSessions,      &kMessagesOpen,        &kBuildInfo};
  return kAll;
}

}  // namespace optout::metrics

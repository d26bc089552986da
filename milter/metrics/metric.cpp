#include "metrics/metric.h"

namespace optout::metrics {

std::span<const Metric* const> all() noexcept {
  static constexpr std::array kAll{
      &kRecipients,     &kOptedOut,        &kMessages,         &kUnchecked,
      &kLookups,        &kLookupFailures,  &kLookupSeconds,    &kUnsubscribeRequests,
      &kUnapplied,      &kOldestUnapplied, &kListUnsubscribe,  &kConfirmations,
      &kGuardTrips,     &kGuardMessages,   &kGuardUnchecked,   &kGuardNotices,
      &kRedisUp,        &kSetMembers,      &kReloadSuccessful, &kConfigLoaded,
      &kSessions,       &kMessagesOpen,    &kBuildInfo,        &kStartTime,
      &kResidentMemory, &kOpenFiles,       &kMostFiles};
  return kAll;
}

}  // namespace optout::metrics

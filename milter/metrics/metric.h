// Everything that is counted: the names that dashboards and alerts rely on, and what they mean.
//
// optout-milter(8), METRICS, describes the same ones; tests/rules holds it to this list.

#pragma once

#include <array>
#include <span>
#include <string_view>

namespace optout {

struct Metric {
  enum class Kind { counter, gauge, histogram };

  std::string_view name;
  Kind kind;
  std::string_view help;
  std::array<std::string_view, 2> labels{};  // their names; empty where there are fewer
};

namespace metrics {

inline constexpr Metric kRecipients{"optout_recipients_total",
                                    Metric::Kind::counter,
                                    "Recipients by what became of them.",
                                    {"stream", "action"}};
inline constexpr Metric kMessages{"optout_messages_total",
                                  Metric::Kind::counter,
                                  "Messages by what became of them.",
                                  {"stream", "action"}};
inline constexpr Metric kUnchecked{
    "optout_unchecked_recipients_total",
    Metric::Kind::counter,
    "Recipients who were let through because nobody could tell whether they had opted out.",
    {"stream"}};
inline constexpr Metric kLookups{"optout_lookups_total",
                                 Metric::Kind::counter,
                                 "Recipients looked up, by the answer.",
                                 {"answer"}};
inline constexpr Metric kLookupFailures{
    "optout_lookup_failures_total",
    Metric::Kind::counter,
    "Questions to the suppression sets without a whole answer, by fault.",
    {"fault"}};
inline constexpr Metric kLookupSeconds{
    "optout_lookup_seconds", Metric::Kind::histogram,
    "How long a question to the suppression sets took, about however many recipients."};
inline constexpr Metric kUnsubscribeRequests{"optout_unsubscribe_requests_total",
                                             Metric::Kind::counter,
                                             "Requests to unsubscribe by what became of them.",
                                             {"source", "result"}};
inline constexpr Metric kListUnsubscribe{
    "optout_list_unsubscribe_total",
    Metric::Kind::counter,
    "Messages by what became of their List-Unsubscribe header field.",
    {"stream", "action"}};
inline constexpr Metric kConfirmations{"optout_confirmations_total",
                                       Metric::Kind::counter,
                                       "Confirmations to people who unsubscribed, by what became "
                                       "of them.",
                                       {"result"}};
inline constexpr Metric kGuardTrips{"optout_guard_trips_total",
                                    Metric::Kind::counter,
                                    "Limits of the bulk guard that were passed, or nearly so.",
                                    {"limit", "action"}};
inline constexpr Metric kGuardMessages{"optout_guard_messages_total",
                                       Metric::Kind::counter,
                                       "Messages that the bulk guard kept back.",
                                       {"action"}};
inline constexpr Metric kGuardUnchecked{"optout_guard_unchecked_messages_total",
                                        Metric::Kind::counter,
                                        "Messages about which the bulk guard could not tell."};
inline constexpr Metric kGuardNotices{"optout_guard_notices_total",
                                      Metric::Kind::counter,
                                      "Mails to the administrator about trips of the bulk guard.",
                                      {"result"}};
inline constexpr Metric kSessions{"optout_sessions", Metric::Kind::gauge, "Connections of MTAs."};
inline constexpr Metric kMessagesOpen{"optout_messages_open", Metric::Kind::gauge,
                                      "Messages under way."};
inline constexpr Metric kBuildInfo{
    "optout_build_info", Metric::Kind::gauge, "Always 1.", {"version"}};

// All of them, in the order of the page and of the manual.
std::span<const Metric* const> all() noexcept;

}  // namespace metrics
}  // namespace optout

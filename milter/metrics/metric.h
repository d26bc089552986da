// Everything that is counted: the names that dashboards and alerts rely on, and what they mean.
//
// optout-milter(8), METRICS, describes the same ones; tests/rules holds it to this list. The
// process_… ones have the names that every Prometheus client uses, so that common dashboards find
// them.

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
inline constexpr Metric kOptedOut{"optout_opted_out_recipients_total",
                                  Metric::Kind::counter,
                                  "Recipients who were found in a suppression set, by its kind.",
                                  {"stream", "set"}};
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
inline constexpr Metric kUnapplied{
    "optout_unsubscribe_unapplied", Metric::Kind::gauge,
    "Requests to unsubscribe that had to be put off, and have not come back since."};
inline constexpr Metric kOldestUnapplied{
    "optout_unsubscribe_oldest_unapplied_seconds", Metric::Kind::gauge,
    "How long the oldest of these has waited; 0 where none does."};
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
inline constexpr Metric kRedisUp{
    "optout_redis_up", Metric::Kind::gauge,
    "1 where the suppression sets were there when last asked for, every 15 s; else 0."};
inline constexpr Metric kSetMembers{"optout_set_members",
                                    Metric::Kind::gauge,
                                    "Members of the suppression sets, when last asked for.",
                                    {"set", "tenant"}};
inline constexpr Metric kReloadSuccessful{
    "optout_config_last_reload_successful", Metric::Kind::gauge,
    "1 where the configuration in force is the one last read; 0 where that could not be used."};
inline constexpr Metric kConfigLoaded{"optout_config_loaded_timestamp_seconds", Metric::Kind::gauge,
                                      "When the configuration in force was read."};
inline constexpr Metric kSessions{"optout_sessions", Metric::Kind::gauge, "Connections of MTAs."};
inline constexpr Metric kMessagesOpen{"optout_messages_open", Metric::Kind::gauge,
                                      "Messages under way."};
inline constexpr Metric kBuildInfo{
    "optout_build_info", Metric::Kind::gauge, "Always 1.", {"version"}};
inline constexpr Metric kStartTime{"process_start_time_seconds", Metric::Kind::gauge,
                                   "When the process started, in seconds since 1970."};
inline constexpr Metric kResidentMemory{"process_resident_memory_bytes", Metric::Kind::gauge,
                                        "Memory that the process has in use."};
inline constexpr Metric kOpenFiles{"process_open_fds", Metric::Kind::gauge,
                                   "File descriptors that are open."};
inline constexpr Metric kMostFiles{"process_max_fds", Metric::Kind::gauge,
                                   "File descriptors that may be open."};

// All of them, in the order of the page and of the manual.
std::span<const Metric* const> all() noexcept;

}  // namespace metrics
}  // namespace optout

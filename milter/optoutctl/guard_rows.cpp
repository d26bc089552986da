#include "optoutctl/guard_rows.h"

#include "suppression/opt_out.h"

#include <fmt/format.h>

namespace optout {
namespace {

// The cells in the order of guard_columns().
struct Fact {
  std::string sender;
  std::string what;
  Cell limit{}, amount{}, step{}, count{}, of{}, passed{}, since{}, until{}, relay{}, message{},
      by{}, reason{};
};

void print(Results& results, const Fact& fact) {
  results.row({fact.sender, fact.what, fact.limit, fact.amount, fact.step, fact.count, fact.of,
               fact.passed, fact.since, fact.until, fact.relay, fact.message, fact.by,
               fact.reason});
}

Cell text_or_nothing(const std::string& text) {
  return text.empty() ? Cell() : Cell(text);
}

Cell number_or_nothing(std::uint64_t number) {
  return number == 0 ? Cell() : Cell(fmt::format("{}", number));
}

}  // namespace

std::vector<Column> guard_columns() {
  return {{"sender"}, {"what"},  {"limit"}, {"amount"}, {"step"},    {"count"}, {"of"},
          {"passed"}, {"since"}, {"until"}, {"relay"},  {"message"}, {"by"},    {"reason"}};
}

std::string time_text(RedisTime time) {
  return to_string(Instant(std::chrono::seconds(static_cast<std::int64_t>(time / 1000))));
}

void print_state(Results& results, const std::string& sender, const SenderState& state,
                 bool warnings, const Cell& passed) {
  for (const auto& [limit, trip] : state.trips) {
    print(results, {.sender = sender,
                    .what = trip.monitored ? "monitored" : "tripped",
                    .limit = limit,
                    .amount = text_or_nothing(trip.limit),
                    .step = text_or_nothing(trip.step),
                    .count = number_or_nothing(trip.count),
                    .of = number_or_nothing(trip.of),
                    .passed = passed,
                    .since = text_or_nothing(trip.since),
                    .until = time_text(trip.until),
                    .relay = text_or_nothing(trip.relay),
                    .message = text_or_nothing(trip.message)});
  }
  for (const auto& [limit, until] : state.warnings) {
    if (!warnings) break;
    print(results, {.sender = sender, .what = "warned", .limit = limit, .until = time_text(until)});
  }
  if (const auto& allowance = state.allowance) {
    print(results, {.sender = sender,
                    .what = "allowed",
                    .amount = fmt::format("{}", allowance->most),
                    .since = text_or_nothing(allowance->since),
                    .until = time_text(allowance->until),
                    .by = text_or_nothing(allowance->by),
                    .reason = text_or_nothing(allowance->because)});
  }
}

void print_count(Results& results, const std::string& sender, const CountedPeople& count) {
  print(results, {.sender = sender,
                  .what = "counted",
                  .limit = count.limit,
                  .amount = text_or_nothing(count.amount),
                  .count = fmt::format("{}", count.people),
                  .of = number_or_nothing(count.addressed)});
}

void print_passed(Results& results, const std::string& sender, const PassedMessage& message) {
  print(results, {.sender = sender,
                  .what = "passed",
                  .relay = text_or_nothing(message.relay),
                  .message = text_or_nothing(message.id)});
}

}  // namespace optout

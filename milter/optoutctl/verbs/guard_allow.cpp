// optoutctl guard allow: lets a sender mail more people than its limits say, for a while.

#include "log/log.h"
#include "optoutctl/guard_rows.h"
#include "optoutctl/guarded_sender.h"
#include "optoutctl/text.h"
#include "optoutctl/trouble.h"

#include <CLI/App.hpp>
#include <fmt/format.h>

#include <charconv>
#include <optional>

namespace optout {
namespace {

using std::chrono::seconds;

constexpr int kNoAllowance = 1;
constexpr std::uint64_t kMostPeople = 1'000'000'000;
constexpr seconds kShortest = std::chrono::minutes(1);
constexpr seconds kLongest = std::chrono::days(31);
constexpr std::string_view kHowTo = "write: optoutctl guard allow crm 20000 for 2h";

std::optional<std::uint64_t> take_number(std::string_view& text) {
  std::uint64_t number = 0;
  const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{}) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(rest - text.data()));
  return number;
}

std::uint64_t people_in(const std::string& word) {
  std::string_view rest = word;
  const auto number = take_number(rest);
  if (number && rest.empty() && *number <= kMostPeople) return *number;
  throw wrong_usage(
      fmt::format("{} is no number of people (write 1 to {}, or 0 to end an "
                  "allowance)",
                  log::escaped(word), kMostPeople));
}

// "90m", "2h", "3d"
seconds duration_in(const std::string& word) {
  std::string_view rest = word;
  const auto number = take_number(rest);
  const seconds unit = rest == "m"   ? std::chrono::minutes(1)
                       : rest == "h" ? std::chrono::hours(1)
                       : rest == "d" ? std::chrono::days(1)
                                     : seconds(0);
  const auto most = static_cast<std::uint64_t>(kLongest.count());
  if (number && unit != seconds(0) && *number <= most) {
    const seconds lasts = unit * static_cast<seconds::rep>(*number);
    if (lasts >= kShortest && lasts <= kLongest) return lasts;
  }
  throw wrong_usage(fmt::format("for {}: no such time (write 1m to 31d, such as 90m, 2h or 3d)",
                                log::escaped(word)));
}

struct Wanted {
  std::uint64_t people = 0;  // 0: no more than the limits say
  seconds lasts{};
};

// "20000 for 2h", "20000 people for 2h", "0"
Wanted wanted_in(const std::vector<std::string>& words) {
  if (words.empty()) throw wrong_usage(fmt::format("how many people?\n  {}", kHowTo));
  Wanted wanted{.people = people_in(words.front())};
  auto word = words.begin() + 1;
  if (word != words.end() && (*word == "people" || *word == "recipients")) ++word;
  if (word == words.end()) {
    if (wanted.people == 0) return wanted;
    throw wrong_usage(fmt::format("for how long?\n  {}", kHowTo));
  }
  if (*word != "for") {
    throw wrong_usage(fmt::format("{} is not understood where \"for\" belongs\n  {}",
                                  log::escaped(*word), kHowTo));
  }
  if (++word == words.end()) throw wrong_usage(fmt::format("for how long?\n  {}", kHowTo));
  wanted.lasts = duration_in(*word);
  if (++word != words.end()) {
    throw wrong_usage(fmt::format("too many arguments: {}\n  {}", log::escaped(*word), kHowTo));
  }
  return wanted;
}

class GuardAllow final : public Verb {
public:
  CLI::App* declare(CLI::App& program) override {
    CLI::App* verb = guard_group(program).add_subcommand(
        "allow", "Let a sender mail more people than its limits say, for a while");
    verb->add_option("SENDER", typed_, "auth:crm, or just crm");
    verb->add_option("WORDS", words_,
                     "20000 for 2h, from now: so many different people, for 1m to 31d; 0 ends an "
                     "allowance");
    verb->add_flag("--stop", stop_, "End the allowance");
    verb->add_option("--reason", reason_, "Why, in your words; kept in the stream of events")
        ->type_name("TEXT");
    verb->add_option("--by", by_, "Who allows it, for the record (default: you)")->type_name("WHO");
    verb->footer("Exit: 0 done; 1 there was no allowance to end; other codes: optoutctl(1).");
    return verb;
  }

  int run(Context& context) override {
    const std::string name =
        sender_name(typed_, stop_ ? "guard allow --stop crm" : "guard allow crm 20000 for 2h");
    if (stop_ && !words_.empty())
      throw wrong_usage("--stop and a number of people do not go together: leave one away");
    const Wanted wanted = stop_ ? Wanted{} : wanted_in(words_);
    check_length("--reason", reason_);
    check_length("--by", by_);
    if (by_.empty()) by_ = who_runs_this();
    if (wanted.people != 0) check_can_send(context.config(), name);
    const GuardedSender sender = guarded_sender(context.config(), name);
    return wanted.people == 0 ? end(context, sender) : allow(context, sender, wanted);
  }

private:
  int allow(Context& context, const GuardedSender& sender, const Wanted& wanted) const {
    const auto done = guard_desk(context).allow(sender, wanted.people, wanted.lasts,
                                                {.by = by_, .because = reason_});
    if (!done) throw trouble_with_redis(done.error(), context.config().redis);
    const auto& [allowance, ended] = *done;
    print(context, sender, fmt::format("{}", allowance.most), time_text(allowance.until),
          "allowed");
    if (sender.limits.empty()) {
      context.say(
          fmt::format("note: the configuration has no limits for {}", log::escaped(sender.name)));
    }
    for (const auto& [limit, trip] : ended.trips)
      context.say(fmt::format("{} was held up by {}, and is released", log::escaped(sender.name),
                              log::escaped(limit)));
    say_more(context, sender.name, ended);
    return EX_OK;
  }

  int end(Context& context, const GuardedSender& sender) const {
    const auto ended = guard_desk(context).end_allowance(sender, {.by = by_, .because = reason_});
    if (!ended) throw trouble_with_redis(ended.error(), context.config().redis);
    if (!*ended) {
      say_not_found(context, sender.name, "is allowed no more than its limits say");
      return kNoAllowance;
    }
    print(context, sender, Cell(), Cell(), "ended");
    return EX_OK;
  }

  static void print(Context& context, const GuardedSender& sender, const Cell& people,
                    const Cell& until, const std::string& result) {
    Results results = context.results({{"sender"}, {"people"}, {"until"}, {"result"}});
    results.row({sender.name, people, until, result});
  }

  std::string typed_, reason_, by_;
  std::vector<std::string> words_;
  bool stop_ = false;
};

}  // namespace

std::unique_ptr<Verb> verb_guard_allow() {
  return std::make_unique<GuardAllow>();
}

}  // namespace optout

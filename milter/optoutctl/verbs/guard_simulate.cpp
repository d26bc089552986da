// optoutctl guard simulate: plays past traffic against the configured limits, and tells who would
// have been stopped, when, and how near everybody else came.
//
// Neither Redis nor the MTA is asked, and nothing is changed.

#include "log/log.h"
#include "optoutctl/guarded_sender.h"
#include "optoutctl/text.h"
#include "optoutctl/trouble.h"
#include "traffic/mail_time.h"
#include "traffic/replay.h"
#include "traffic/traffic_files.h"
#include "util/whole_number.h"

#include <CLI/App.hpp>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <fstream>
#include <iostream>
#include <system_error>

namespace optout {
namespace {

constexpr int kWouldHaveTripped = 1;

class GuardSimulate final : public Verb {
public:
  CLI::App* declare(CLI::App& program) override {
    CLI::App* verb = guard_group(program).add_subcommand(
        "simulate", "Play past traffic against the limits: who would have been stopped, and when?");
    verb->add_option("FILE", names_,
                     "Logs of Postfix, or tables (CSV) with the columns time, recipient and auth, "
                     "client or sender; - for stdin");
    verb->add_option("--year", year_, "Of logs that do not tell it: when they begin")
        ->type_name("YEAR");
    verb->footer(
        "Exit: 0 nobody would have been stopped; 1 somebody would; 65 lines made no sense, or "
        "there is no mail in them; other codes: optoutctl(1).");
    return verb;
  }

  int run(Context& context) override {
    TrafficFiles files(
        std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now()), year());
    const Config& config = context.config();
    for (const std::string& name : names())
      open(files, name);
    TrafficReplay replay(config.streams, config.guard, files.told());
    MailOrder order;
    while (const auto delivery = files.next()) {
      if (!order.add(*delivery)) ++too_late_;
      while (const auto mail = order.next(false))
        replay.play(*mail);
    }
    while (const auto mail = order.next(true))
      replay.play(*mail);
    if (files.broken())
      throw Trouble(EX_IOERR, fmt::format("cannot read {}", log::escaped(*files.broken())));

    const std::vector<ReplayedLimit> limits = replay.results();
    print(context, limits);
    say_what_was_read(context, files, replay);
    say_what_it_means(context, limits);
    if (files.unread() != 0 || too_late_ != 0 || replay.messages() == 0) return EX_DATAERR;
    return trips(limits) ? kWouldHaveTripped : EX_OK;
  }

private:
  static bool trips(const std::vector<ReplayedLimit>& limits) {
    return std::any_of(limits.begin(), limits.end(),
                       [](const ReplayedLimit& limit) { return limit.trips != 0; });
  }

  std::optional<int> year() const {
    constexpr int kFirst = 1970;
    constexpr int kLast = 9998;
    if (year_.empty()) return std::nullopt;
    const auto year = whole_number<int>(year_);
    if (year && *year >= kFirst && *year <= kLast) return year;
    throw wrong_usage(
        fmt::format("--year {}: no year (write {} to {})", log::escaped(year_), kFirst, kLast));
  }

  std::vector<std::string> names() const {
    if (!names_.empty()) return names_;
    if (::isatty(STDIN_FILENO) == 0) return {"-"};
    throw wrong_usage(
        "which traffic?\n"
        "  try: optoutctl guard simulate /var/log/mail.log");
  }

  static void open(TrafficFiles& files, const std::string& name) {
    std::unique_ptr<std::istream> text;
    if (name == "-") {
      text = std::make_unique<std::istream>(std::cin.rdbuf());
    } else {
      errno = 0;
      text = std::make_unique<std::ifstream>(name, std::ios::binary);
      if (!*text) {
        throw Trouble(EX_NOINPUT, fmt::format("cannot open {}: {}", log::escaped(name),
                                              std::generic_category().message(errno)));
      }
    }
    const std::string called = name == "-" ? "standard input" : name;
    if (const auto wrong = files.add(called, std::move(text))) {
      throw Trouble(EX_DATAERR, fmt::format("{}: {}\n  see: optoutctl guard simulate --help",
                                            log::escaped(called), log::escaped(*wrong)));
    }
  }

  static void print(const Context& context, const std::vector<ReplayedLimit>& limits) {
    Results results = context.results({{"sender"},
                                       {"limit"},
                                       {"amount"},
                                       {"peak"},
                                       {"of"},
                                       {"peak_at"},
                                       {"trips"},
                                       {"tripped_at"},
                                       {"step"},
                                       {"through"},
                                       {"stopped"}});
    const auto number = [](std::uint64_t count) { return fmt::format("{}", count); };
    for (const ReplayedLimit& each : limits) {
      const Limit& limit = each.limit;
      const bool tripped = each.tripped_at.has_value();
      results.row({each.sender, limit.name(),
                   is_measuring(limit) ? Cell() : Cell(amount_text(limit)),
                   each.peak_at ? Cell(number(each.peak)) : Cell(),
                   each.peak_among != 0 ? Cell(number(each.peak_among)) : Cell(),
                   each.peak_at ? Cell(to_string(*each.peak_at)) : Cell(),
                   each.is_told ? Cell(number(each.trips)) : Cell(),
                   tripped ? Cell(to_string(*each.tripped_at)) : Cell(),
                   tripped ? Cell(std::string(to_string(limit.then))) : Cell(),
                   tripped ? Cell(number(each.through)) : Cell(),
                   each.stopped != 0 ? Cell(number(each.stopped)) : Cell()});
    }
  }

  void say_what_was_read(const Context& context, const TrafficFiles& files,
                         const TrafficReplay& replay) const {
    for (const UnreadLine& line : files.first_unread())
      context.complain(
          fmt::format("{}:{}: {}", log::escaped(line.file), line.line, log::escaped(line.why)));
    if (files.unread() > files.first_unread().size())
      context.complain(fmt::format("{} lines in all made no sense", files.unread()));
    if (too_late_ != 0) {
      context.complain(fmt::format(
          "{} recipients were left out: their lines come more than {}h after later ones\n"
          "  sort the lines by time",
          too_late_, MailOrder::kSlack.count()));
    }
    if (files.without_origin() != 0) {
      context.say(fmt::format(
          "{} recipients were left out: their mail came before the log begins, or from Postfix "
          "itself",
          files.without_origin()));
    }
    if (replay.not_guarded() != 0)
      context.say(fmt::format("{} of {} messages are none of the guard's business",
                              replay.not_guarded(), replay.messages()));
    if (replay.messages() == 0) context.complain("there is no mail in it");
  }

  static void say_what_it_means(const Context& context, const std::vector<ReplayedLimit>& limits) {
    const auto untold = std::find_if(limits.begin(), limits.end(),
                                     [](const ReplayedLimit& limit) { return !limit.is_told; });
    if (untold != limits.end()) {
      context.say(fmt::format("{} cannot be told from this: {}", untold->limit.name(),
                              what_is_missing(untold->limit)));
    }
    if (limits.empty()) return;
    const bool measures = std::all_of(limits.begin(), limits.end(), [](const ReplayedLimit& limit) {
      return is_measuring(limit.limit);
    });
    if (measures) {
      context.say("there are no guard.limits: peaks are measured, nothing else");
    } else if (!trips(limits)) {
      context.say("nobody would have passed a limit");
    }
  }

  static std::string_view what_is_missing(const Limit& limit) {
    switch (limit.kind) {
      case LimitKind::recipients_per_message:
        return "it needs the column message_id";
      case LimitKind::same_message:
        return limit.without_list_unsubscribe ? "it needs the columns subject and list_unsubscribe"
                                              : "it needs the column subject";
      case LimitKind::opted_out:
        return "it needs the column opted_out";
      case LimitKind::recipients:
        break;
    }
    return "something is missing";
  }

  std::vector<std::string> names_;
  std::string year_;
  std::uint64_t too_late_ = 0;
};

}  // namespace

std::unique_ptr<Verb> verb_guard_simulate() {
  return std::make_unique<GuardSimulate>();
}

}  // namespace optout

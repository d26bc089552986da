// optoutctl guard release: lets a sender go on before its time, as if it had mailed nobody yet.

#include "log/log.h"
#include "optoutctl/guarded_sender.h"
#include "optoutctl/text.h"
#include "optoutctl/trouble.h"

#include <CLI/App.hpp>
#include <fmt/format.h>

#include <algorithm>

namespace optout {
namespace {

constexpr int kNotHeldUp = 1;

class GuardRelease final : public Verb {
public:
  CLI::App* declare(CLI::App& program) override {
    CLI::App* verb = guard_group(program).add_subcommand(
        "release", "Let a sender go on, and count anew whom it mails");
    verb->add_option("SENDER", typed_, "As guard list has it: auth:crm, or just crm");
    verb->add_option("--reason", reason_, "Why, in your words; kept in the stream of events")
        ->type_name("TEXT");
    verb->add_option("--by", by_, "Who releases it, for the record (default: you)")
        ->type_name("WHO");
    verb->footer("Exit: 0 released; 1 it was not held up; other codes: optoutctl(1).");
    return verb;
  }

  int run(Context& context) override {
    const std::string name = sender_name(typed_, "guard release crm");
    check_length("--reason", reason_);
    check_length("--by", by_);
    if (by_.empty()) by_ = who_runs_this();
    const auto ended = guard_desk(context).release(guarded_sender(context.config(), name),
                                                   {.by = by_, .because = reason_});
    if (!ended) throw trouble_with_redis(ended.error(), context.config().redis);
    if (ended->trips.empty() && ended->warnings.empty()) {
      say_not_found(context, name, "not held up");
      return kNotHeldUp;
    }
    Results results = context.results({{"sender"}, {"limit"}, {"result"}});
    for (const auto& [limit, trip] : ended->trips)
      results.row({name, limit, "released"});
    for (const auto& [limit, until] : ended->warnings)
      results.row({name, limit, "warning withdrawn"});
    results.finish();
    say_more(context, name, *ended);
    const bool holds = std::any_of(ended->trips.begin(), ended->trips.end(), [](const auto& entry) {
      return entry.second.step == "hold" && !entry.second.monitored;
    });
    if (holds) {
      context.say(
          "mail that the MTA already holds stays there; look through it, and let it go:\n"
          "  Postfix: mailq, postsuper -H ID; Sendmail: mailq -qQ, sendmail -qQ -qIID -Q, then "
          "sendmail -qIID");
    }
    return EX_OK;
  }

private:
  std::string typed_, reason_, by_;
};

}  // namespace

std::unique_ptr<Verb> verb_guard_release() {
  return std::make_unique<GuardRelease>();
}

}  // namespace optout

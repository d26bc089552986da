// optoutctl guard show: what the bulk guard knows of one sender: what it was stopped for, how many
// it has mailed by now, and which messages were let through.

#include "optoutctl/guard_rows.h"
#include "optoutctl/guarded_sender.h"
#include "optoutctl/trouble.h"

#include <CLI/App.hpp>
#include <fmt/format.h>

namespace optout {
namespace {

constexpr int kNothingKnown = 1;

class GuardShow final : public Verb {
public:
  CLI::App* declare(CLI::App& program) override {
    CLI::App* verb = guard_group(program).add_subcommand(
        "show", "Tell what is known of a sender, and which messages were let through lately");
    verb->add_option("SENDER", typed_,
                     "auth:crm (or just crm), client:192.0.2.7, sender:shop.example.com; of a "
                     "stream with limits of its own auth:crm/STREAM");
    verb->footer("Exit: 0 done; 1 nothing is known of this sender; other codes: optoutctl(1).");
    return verb;
  }

  int run(Context& context) override {
    const std::string name = sender_name(typed_, "guard show crm");
    const auto file = guard_desk(context).show(guarded_sender(context.config(), name));
    if (!file) throw trouble_with_redis(file.error(), context.config().redis);
    if (file->is_empty()) {
      say_not_found(context, name, "nothing is known of this sender");
      return kNothingKnown;
    }
    Results results = context.results(guard_columns());
    print_state(results, name, file->state, true, passed_text(file->passed_in_all));
    for (const CountedPeople& count : file->counts)
      print_count(results, name, count);
    for (const PassedMessage& message : file->passed)
      print_passed(results, name, message);
    results.finish();
    say_more(context, name, file->state);
    if (file->passed_in_all > file->passed.size()) {
      context.say(fmt::format("the latest {} of {} messages are shown", file->passed.size(),
                              passed_text(file->passed_in_all)));
    }
    return EX_OK;
  }

private:
  std::string typed_;
};

}  // namespace

std::unique_ptr<Verb> verb_guard_show() {
  return std::make_unique<GuardShow>();
}

}  // namespace optout

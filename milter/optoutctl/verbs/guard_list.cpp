// optoutctl guard list: which senders are held up, and who may send more for a while.

#include "optoutctl/guard_rows.h"
#include "optoutctl/guarded_sender.h"
#include "optoutctl/trouble.h"

#include <CLI/App.hpp>
#include <fmt/format.h>

namespace optout {
namespace {

class GuardList final : public Verb {
public:
  CLI::App* declare(CLI::App& program) override {
    CLI::App* verb = guard_group(program).add_subcommand(
        "list", "Tell who has passed a limit, until when, and who is allowed more");
    verb->footer("Exit: 0 done, even if there is nobody; other codes: optoutctl(1).");
    return verb;
  }

  int run(Context& context) override {
    const auto senders = guard_desk(context).list();
    if (!senders) throw trouble_with_redis(senders.error(), context.config().redis);
    Results results = context.results(guard_columns());
    bool any = false;
    for (const ListedSender& sender : *senders) {
      any = any || !sender.state.trips.empty();
      print_state(results, sender.name, sender.state, false, passed_text(sender.passed));
    }
    results.finish();
    for (const ListedSender& sender : *senders)
      say_more(context, sender.name, sender.state);
    if (!any) context.say("nobody is held up");
    return EX_OK;
  }
};

}  // namespace

std::unique_ptr<Verb> verb_guard_list() {
  return std::make_unique<GuardList>();
}

}  // namespace optout

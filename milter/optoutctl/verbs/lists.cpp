// optoutctl lists: the lists that unsubscribe tokens can refer to. The milter notes a list when its
// mail passes in a stream that honours `list` or offers tokens.
//
// Their names come from mail, and may hold anything; the output escapes what terminals would act
// on.

#include "optoutctl/seen_lists.h"
#include "optoutctl/sets.h"
#include "optoutctl/trouble.h"
#include "optoutctl/verb.h"

#include <CLI/App.hpp>
#include <fmt/format.h>

namespace optout {
namespace {

class Lists final : public Verb {
public:
  CLI::App* declare(CLI::App& program) override {
    CLI::App* verb = program.add_subcommand(
        "lists", "Tell which lists have been seen, and how many have opted out of each");
    tenant_.declare_tenant(*verb, "The lists of this tenant alone");
    verb->footer("Exit: 0 done, even if there is none; other codes: optoutctl(1).");
    return verb;
  }

  int run(Context& context) override {
    const std::string& tenant = tenant_.tenant();
    const Config& config = context.config();
    warn_of_unknown_tenant(context, config, tenant);
    const auto lists = seen_lists(context, tenant);
    if (!lists) throw trouble_with_redis(lists.error(), config.redis);
    const auto opted_out = count_opted_out(context, *lists);
    if (!opted_out) throw trouble_with_redis(opted_out.error(), config.redis);

    Results results = context.results(
        {{"list"}, {"name"}, {"reference"}, {"first_seen"}, {"opted_out"}, {"tenant"}});
    for (std::size_t i = 0; i < lists->size(); ++i) {
      const KnownList& list = (*lists)[i];
      results.row({list.id, text_or_nothing(list.name), fmt::format("{:08x}", list.reference),
                   to_string(list.first_seen), count_cell((*opted_out)[i]),
                   text_or_nothing(list.tenant)});
    }
    results.finish();
    if (lists->empty())
      context.say(
          "no list has been seen yet: one is noted when its mail passes in a stream that "
          "honours list or offers tokens");
    return EX_OK;
  }

private:
  static Cell text_or_nothing(const std::string& text) {
    return text.empty() ? Cell() : Cell(text);
  }

  static Cell count_cell(const std::optional<std::int64_t>& count) {
    return count ? Cell(fmt::format("{}", *count)) : Cell();
  }

  SetFlags tenant_;
};

}  // namespace

std::unique_ptr<Verb> verb_lists() {
  return std::make_unique<Lists>();
}

}  // namespace optout

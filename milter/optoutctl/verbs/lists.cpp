// optoutctl lists: the lists that unsubscribe tokens can refer to. The milter notes a list when its
// mail passes in a stream that honours `list` or offers tokens.
//
// Their names come from mail, and may hold anything; the output escapes what terminals would act
// on.

#include "optoutctl/sets.h"
#include "optoutctl/trouble.h"
#include "optoutctl/verb.h"
#include "suppression/redis_registry.h"
#include "suppression/redis_schema.h"

#include <CLI/App.hpp>
#include <fmt/format.h>

#include <algorithm>

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
    std::vector<std::string> tenants{tenant};
    for (const Stream& stream : config.streams) {
      const bool known = std::find(tenants.begin(), tenants.end(), stream.tenant) != tenants.end();
      if (tenant.empty() && !known) tenants.push_back(stream.tenant);
    }

    const auto registry = make_redis_registry(context.redis(), config.prefix, config.addresses);
    std::vector<KnownList> lists;
    for (const std::string& each : tenants) {
      auto found = registry->lists(each);
      if (!found) throw trouble_with_redis(found.error(), config.redis);
      std::move(found->begin(), found->end(), std::back_inserter(lists));
    }
    const std::vector<Cell> opted_out = count_opted_out(context, lists);

    Results results = context.results(
        {{"list"}, {"name"}, {"reference"}, {"first_seen"}, {"opted_out"}, {"tenant"}});
    for (std::size_t i = 0; i < lists.size(); ++i) {
      const KnownList& list = lists[i];
      results.row({list.id, text_or_nothing(list.name), fmt::format("{:08x}", list.reference),
                   to_string(list.first_seen), opted_out[i], text_or_nothing(list.tenant)});
    }
    results.finish();
    if (lists.empty())
      context.say(
          "no list has been seen yet: one is noted when its mail passes in a stream that "
          "honours list or offers tokens");
    return EX_OK;
  }

private:
  static Cell text_or_nothing(const std::string& text) {
    return text.empty() ? Cell() : Cell(text);
  }

  // Of each list, in the same order; nothing where this Redis user may not ask, or no set stands
  // there.
  static std::vector<Cell> count_opted_out(Context& context, const std::vector<KnownList>& lists) {
    std::vector<Cell> counts(lists.size());
    if (lists.empty()) return counts;
    const Config& config = context.config();
    const RedisSchema schema(config.prefix, config.addresses);
    redis::Commands questions;
    for (const KnownList& list : lists)
      questions.add({"SCARD", schema.set(list.set())});
    redis::Executor& redis = context.redis();
    const auto replies = redis.run(questions, redis.deadline(), redis::Executor::Repeat::yes);
    if (!replies) throw trouble_with_redis(replies.error(), config.redis);
    for (std::size_t i = 0; i < std::min(replies->size(), counts.size()); ++i) {
      const redis::Reply& reply = (*replies)[i];
      if (reply.is_integer()) counts[i] = fmt::format("{}", reply.integer());
    }
    return counts;
  }

  SetFlags tenant_;
};

}  // namespace

std::unique_ptr<Verb> verb_lists() {
  return std::make_unique<Lists>();
}

}  // namespace optout

// optoutctl init: marks a Redis as ours, after which lookups are answered.
//
// Without the mark every lookup is "cannot tell": an empty Redis does not mean that nobody has
// opted out. So this refuses a Redis that may drop opt-outs by itself when its memory is full
// (LG-15).

#include "log/log.h"
#include "optoutctl/text.h"
#include "optoutctl/trouble.h"
#include "optoutctl/verb.h"
#include "suppression/eviction.h"

#include <CLI/App.hpp>
#include <fmt/format.h>

namespace optout {
namespace {

class Init final : public Verb {
public:
  CLI::App* declare(CLI::App& program) override {
    CLI::App* verb =
        program.add_subcommand("init", "Mark this Redis as the one that holds the opt-outs");
    verb->add_option("--by", by_, "Who does it, for the record (default: you)")->type_name("WHO");
    verb->footer(
        "Until this is done every lookup is \"cannot tell\", and mail waits. Doing it again is "
        "harmless.\n"
        "Exit: 0 done, now or before; 78 Redis may evict opt-outs; other codes: optoutctl(1).");
    return verb;
  }

  int run(Context& context) override {
    const Config& config = context.config();
    const auto policy = evicting_policy(context.redis());
    if (!policy) throw trouble_with_redis(policy.error(), config.redis);
    if (*policy) {
      const std::string sentence =
          fmt::format("this Redis may evict opt-outs when its memory is full (maxmemory-policy {})",
                      log::escaped(**policy));
      const std::string remedy =
          fmt::format("\n  in redis.conf: maxmemory-policy noeviction\n  and run: {}",
                      redis_cli(config.redis, "config set maxmemory-policy noeviction"));
      if (!context.yes()) throw Trouble(EX_CONFIG, sentence + ": not initialised" + remedy);
      context.complain("warning: " + sentence + remedy);
    }
    const auto fresh = context.store().init(by_.empty() ? who_runs_this() : by_);
    if (!fresh) throw trouble_with_redis(fresh.error(), config.redis);

    Results results = context.results({{"redis"}, {"database"}, {"prefix"}, {"result"}});
    results.row({config.redis.address.to_string(), fmt::format("{}", config.redis.database),
                 config.prefix, *fresh ? "initialised" : "already"});
    results.finish();
    if (*fresh) {
      context.say(fmt::format("initialised; next: {} ann@example.com", context.command("add")));
    } else {
      context.say("this Redis was initialised before; nothing changed");
    }
    return EX_OK;
  }

private:
  std::string by_;
};

}  // namespace

std::unique_ptr<Verb> verb_init() {
  return std::make_unique<Init>();
}

}  // namespace optout

// optoutctl init: marks a Redis as ours, after which lookups are answered.
//
// Without the mark every lookup is "cannot tell": an empty Redis does not mean that nobody has
// opted out. So this refuses a Redis that may drop opt-outs by itself when its memory is full
// (LG-15).

#include "log/log.h"
#include "optoutctl/text.h"
#include "optoutctl/trouble.h"
#include "optoutctl/verb.h"

#include <CLI/App.hpp>
#include <fmt/format.h>

#include <optional>

namespace optout {
namespace {

// The value of `name` in Redis' INFO: lines of "name:value".
std::string_view info_value(std::string_view info, std::string_view name) {
  while (!info.empty()) {
    const auto end = info.find('\n');
    std::string_view line = trimmed(info.substr(0, end));
    info.remove_prefix(end == std::string_view::npos ? info.size() : end + 1);
    if (line.starts_with(name) && line.substr(name.size()).starts_with(':'))
      return line.substr(name.size() + 1);
  }
  return {};
}

// The policy by which this Redis may evict opt-outs, or nothing if it never will. volatile-*
// policies spare them, as they have no expiry. Nothing, too, where this Redis user may not ask.
std::optional<std::string> evicting_policy(Context& context) {
  redis::Executor& redis = context.redis();
  redis::Commands question;
  question.add({"INFO", "memory"});
  const auto replies = redis.run(question, redis.deadline(), redis::Executor::Repeat::yes);
  if (!replies) throw trouble_with_redis(replies.error(), context.config().redis);
  if (replies->empty() || !replies->front().is_string()) return std::nullopt;
  const std::string_view info = replies->front().text();
  const std::string_view limit = info_value(info, "maxmemory");
  const std::string_view policy = info_value(info, "maxmemory_policy");
  if (limit.empty() || limit == "0" || !policy.starts_with("allkeys-")) return std::nullopt;
  return std::string(policy);
}

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
    if (const auto policy = evicting_policy(context)) {
      const std::string sentence =
          fmt::format("this Redis may evict opt-outs when its memory is full (maxmemory-policy {})",
                      log::escaped(*policy));
      const std::string remedy =
          fmt::format("\n  run: {}, and set it in redis.conf",
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

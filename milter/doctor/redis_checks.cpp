#include "doctor/redis_checks.h"

#include "address/lookup_key.h"
#include "doctor/config_place.h"
#include "util/shell_word.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <iterator>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace optout::doctor {
namespace {

// "optout:set:global" of "SADD optout:set:global: NOPERM …", where Redis says `word`; empty where a
// command has no key.
std::string key_of(const std::string& refusal, const std::string& word) {
  const auto space = refusal.find(' ');
  const auto end = refusal.find(": " + word);
  if (space == std::string::npos || end == std::string::npos || end <= space) return {};
  return refusal.substr(space + 1, end - space - 1);
}

// What ACL SETUSER is to grant, after refusals like "SADD optout:set:global: NOPERM …". Commands
// that could destroy opt-outs, were they granted for all keys, are granted for those that need
// them.
std::string missing_rights(const std::vector<std::string>& refused, const std::string& prefix) {
  const std::string all_ours = "~" + prefix + "*";
  std::map<std::string, std::string> commands_for;  // keys
  for (const std::string& refusal : refused) {
    if (refusal.find("NOPERM") == std::string::npos) continue;
    const std::string name = refusal.substr(0, refusal.find_first_of(" :"));
    std::string command = " +";
    std::transform(name.begin(), name.end(), std::back_inserter(command),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
    std::string keys = all_ours;
    const std::string key = key_of(refusal, "NOPERM");
    if (!key.empty() && !key.starts_with(prefix)) keys = "~" + key;  // others' sets
    for (const char* const part : {"guard:", "confirmed:"}) {
      const std::string prefixed = prefix + part;
      if (refusal.find(prefixed) != std::string::npos) keys = fmt::format("~{}*", prefixed);
    }
    std::string& commands = commands_for[keys];
    if ((commands + " ").find(command + " ") == std::string::npos) commands += command;
  }
  std::string rights;
  for (const auto& [keys, commands] : commands_for) {
    rights += keys == all_ours ? fmt::format(" '{}'{}", keys, commands)
                               : fmt::format(" '({}{})'", keys, commands);
  }
  return rights;
}

class RedisChecks {
public:
  RedisChecks(const RedisFacts& facts, const Config& config, const RedisCli& redis_cli,
              const RedisCli& optoutctl)
      : facts_(facts), config_(config), redis_cli_(redis_cli), optoutctl_(optoutctl) {}

  Findings run() {
    reach();
    if (facts_.unreachable) return std::move(findings_);
    way();
    schema();
    digests();
    address_rules();
    rights();
    append(findings_, check_redis_keeping(facts_, config_, redis_cli_));
    return std::move(findings_);
  }

private:
  void tell(Finding finding) { findings_.push_back(std::move(finding)); }
  std::string where() const { return config_.redis.address.to_string(); }

  void reach() {
    if (const auto& error = facts_.unreachable) {
      const bool login = error->fault == Fault::auth_required || error->fault == Fault::auth_failed;
      tell(bad("Redis", error->detail,
               "Nobody can be looked up: all mail waits (451), or goes out unasked where on_outage "
               "says accept.",
               login ? Fix{"see that redis.password_file holds the password of the user in "
                           "redis.url, and nothing else"}
                     : Fix{"systemctl status redis-server", redis_cli_("ping")}));
    } else if (facts_.took > config_.redis.timeout) {
      tell(doubtful("Redis",
                    fmt::format("{} answered within {} ms, and redis.timeout is {} ms", where(),
                                facts_.took.count(), config_.redis.timeout.count()),
                    "Mail waits (451) whenever Redis takes longer than redis.timeout.",
                    {redis_cli_("--latency"), in_config("redis: { timeout: 1s }")}));
    } else {
      tell(good("Redis", fmt::format("{} answers", where())));
    }
  }

  void way() {
    if (config_.redis.address.is_loopback()) return;
    tell(doubtful("way to Redis",
                  fmt::format("{} is another host, and nothing is encrypted", where()),
                  "Whoever can listen on the way reads addresses and the password.",
                  {"lead it through a tunnel (WireGuard, stunnel), and name its near end in "
                   "redis.url"}));
  }

  void schema() {
    const std::string check = "schema";
    if (!facts_.marker) {
      tell(good(check, fmt::format("{}schema is there and fits", config_.prefix)));
    } else if (facts_.marker->fault == Fault::schema_missing) {
      tell(bad(check, facts_.marker->detail,
               "An empty Redis does not mean that nobody has opted out, so all mail waits (451).",
               {"if it never held opt-outs:  " + optoutctl_("init"),
                "if it did, it has lost them: restore its data, or see that redis.prefix and the "
                "database are right"}));
    } else if (facts_.marker->fault == Fault::no_permission) {
      tell(bad(check, facts_.marker->detail,
               "Every lookup asks for it, so nobody can be looked up, and all mail waits (451).",
               {redis_cli_(fmt::format("ACL SETUSER {} '~{}*' +hmget", who(), config_.prefix))}));
    } else {
      tell(bad(
          check, facts_.marker->detail,
          "These opt-outs are not this configuration's to read, so all mail waits (451).",
          {"see that redis.prefix, the database and addresses.digest_keys are the right ones"}));
    }
  }

  void digests() {
    if (config_.addresses.digest_keys.empty() || facts_.marker) return;
    const std::string check = "digest keys";
    if (facts_.writing_digests) {
      tell(doubtful(check, facts_.writing_digests->detail,
                    "What opts people out by digest waits (451) until Redis knows the key.",
                    {"systemctl reload optout-milter    # on every relay", optoutctl_("init")}));
    } else {
      tell(good(check, fmt::format("Redis knows them: {}", facts_.fingerprints)));
    }
  }

  void address_rules() {
    if (facts_.marker) return;
    const std::string check = "address rules";
    const std::string ours = address_rules_version();
    if (!facts_.address_rules)
      return tell(cannot_tell(check, fmt::format("{}schema names none", config_.prefix)));
    if (*facts_.address_rules == ours) return tell(good(check, ours));
    tell(doubtful(
        check,
        fmt::format("Redis was initialised with {}, this program goes by {}", *facts_.address_rules,
                    ours),
        "Addresses in other scripts may be spelled in another way now: who opted out before may "
        "not be found.",
        {"for each set, such as global:  " +
             redis_cli_(fmt::format("--raw SMEMBERS {}set:global", config_.prefix)) +
             " | grep -v '^#' | " + optoutctl_("add --set global --source import -"),
         "then:  " +
             redis_cli_(fmt::format("HSET {}schema address_rules {}", config_.prefix, ours))}));
  }

  void rights() {
    right_to("lookups", facts_.refused_reads,
             "Who is in there cannot be told: all mail that is asked about there waits (451).");
    if (!facts_.knows_writes && facts_.refused_writes.empty()) {
      return tell(cannot_tell("recording opt-outs", "Redis did not answer",
                              {"try again:  " + optoutctl_("doctor")}));
    }
    right_to("recording opt-outs", facts_.refused_writes,
             "Opt-outs cannot be recorded: whoever unsubscribes is told to come again.");
  }

  std::string who() const { return config_.redis.user.empty() ? "default" : config_.redis.user; }

  // `refused`: "SADD optout:set:global: NOPERM …"
  void right_to(const std::string& check, const std::vector<std::string>& refused,
                const std::string& why) {
    if (refused.empty()) return tell(good(check, fmt::format("Redis lets user {} do it", who())));
    const std::string rights = missing_rights(refused, config_.prefix);
    Fix fix;
    for (const std::string& refusal : refused) {
      if (const std::string key = key_of(refusal, "WRONGTYPE"); !key.empty())
        fix.push_back(redis_cli_("TYPE " + shell_word(key)) + "    # is asked as a set");
    }
    if (fix.empty()) fix = {"see role, maxmemory-policy, memory and persistence, below"};
    if (!rights.empty()) {
      fix = {
          redis_cli_(fmt::format("ACL SETUSER {}{}", who(), rights)),
          redis_cli_("ACL SAVE") + "    # or the same in redis.conf, where users are kept there"};
    }
    tell(bad(check, fmt::format("{}", fmt::join(refused, "; ")), why, std::move(fix)));
  }

  const RedisFacts& facts_;
  const Config& config_;
  const RedisCli& redis_cli_;
  const RedisCli& optoutctl_;
  Findings findings_;
};

}  // namespace

Findings check_redis(const RedisFacts& facts, const Config& config, const RedisCli& redis_cli,
                     const RedisCli& optoutctl) {
  return RedisChecks(facts, config, redis_cli, optoutctl).run();
}

}  // namespace optout::doctor

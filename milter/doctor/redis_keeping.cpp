// Whether a Redis keeps what it is given: its version and role, what it evicts, and what is left
// after a restart.

#include "doctor/config_place.h"
#include "doctor/redis_checks.h"

#include <fmt/format.h>

#include <charconv>
#include <optional>
#include <tuple>
#include <utility>

namespace optout::doctor {
namespace {

std::optional<unsigned long long> number(std::string_view text) {
  unsigned long long value = 0;
  const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{}) return std::nullopt;
  return value;
}

class Keeping {
public:
  Keeping(const RedisFacts& facts, const Config& config, const RedisCli& redis_cli)
      : facts_(facts), config_(config), redis_cli_(redis_cli) {}

  Findings run() {
    if (facts_.info.empty()) {
      const std::string who = config_.redis.user.empty() ? "default" : config_.redis.user;
      tell(cannot_tell("Redis itself", fmt::format("Redis does not let user {} ask INFO", who),
                       {redis_cli_(fmt::format("ACL SETUSER {} +info", who))}));
      return std::move(findings_);
    }
    version();
    role();
    eviction();
    memory();
    persistence();
    return std::move(findings_);
  }

private:
  void tell(Finding finding) { findings_.push_back(std::move(finding)); }

  void version() {
    const std::string_view valkey = facts_.of("valkey_version");
    const std::string_view redis = facts_.of("redis_version");
    const std::string text =
        valkey.empty() ? fmt::format("Redis {}", redis) : fmt::format("Valkey {}", valkey);
    const auto major = number(redis);
    const auto dot = redis.find('.');
    const auto minor = dot == std::string_view::npos ? std::nullopt : number(redis.substr(dot + 1));
    if (!major || !minor) return tell(cannot_tell("version", "INFO names none"));
    if (std::tie(*major, *minor) < std::tuple(6ULL, 2ULL)) {
      return tell(bad("version", text,
                      "Before 6.2 Redis does not know SMISMEMBER: nobody can be looked up, and all "
                      "mail waits (451).",
                      {"apt install redis-server"}));
    }
    tell(good("version", text));
  }

  void role() {
    if (facts_.of("role") == "slave") {
      return tell(bad(
          "role",
          fmt::format("a replica of {}:{}", facts_.of("master_host"), facts_.of("master_port")),
          "Nothing can be written here: whoever unsubscribes is told to come again, and "
          "lookups may miss the latest opt-outs.",
          {in_config(fmt::format("redis: {{ url: \"redis://{}{}{}:{}/{}\" }}", config_.redis.user,
                                 config_.redis.user.empty() ? "" : "@", facts_.of("master_host"),
                                 facts_.of("master_port"), config_.redis.database))}));
    }
    const auto replicas = number(facts_.of("connected_slaves")).value_or(0);
    if (replicas == 0) {
      return tell(doubtful("replicas", "there is none",
                           "If this host is lost, so are the opt-outs since the last backup, and "
                           "mail waits until they are back.",
                           {"on another host, in redis.conf:  replicaof THIS-HOST 6379"}));
    }
    tell(good("replicas", fmt::format("{}", replicas)));
  }

  void eviction() {
    const std::string_view limit = facts_.of("maxmemory");
    const std::string policy(facts_.of("maxmemory_policy"));
    const std::string check = "maxmemory-policy";
    const Fix fix{redis_cli_("CONFIG SET maxmemory-policy noeviction"),
                  "and in redis.conf:  maxmemory-policy noeviction"};
    if (policy.empty()) return tell(cannot_tell(check, "INFO does not say"));
    if (policy == "noeviction") return tell(good(check, policy));
    if (limit == "0") return tell(good(check, policy + ", which never happens (maxmemory 0)"));
    if (policy.starts_with("allkeys-")) {
      return tell(
          bad(check, policy,
              "When its memory is full, Redis drops whole suppression sets, and perhaps not "
              "the mark that says they are there: everybody in them gets mail again.",
              fix));
    }
    tell(doubtful(check, policy,
                  "Opt-outs are safe; but when memory is full, Redis drops what the bulk guard "
                  "counts, and senders get their limits anew.",
                  fix));
  }

  void memory() {
    const auto limit = number(facts_.of("maxmemory")).value_or(0);
    const auto used = number(facts_.of("used_memory")).value_or(0);
    if (limit == 0) return tell(good("memory", "no limit is set (maxmemory 0)"));
    constexpr double kFull = 90;
    const double percent = 100.0 * static_cast<double>(used) / static_cast<double>(limit);
    const std::string found = fmt::format("{:.0f}% of maxmemory is used", percent);
    if (percent < kFull) return tell(good("memory", found));
    tell(doubtful("memory", found,
                  "When it is full, no opt-out can be recorded: whoever unsubscribes is told to "
                  "come again.",
                  {redis_cli_(fmt::format("CONFIG SET maxmemory {}", 2 * limit)),
                   fmt::format("and in redis.conf:  maxmemory {}", 2 * limit)}));
  }

  Finding written_in_time(const std::string& check) const {
    const std::string found = "append-only file";
    const std::string why =
        "When its host crashes, opt-outs of the last half minute are lost: these people get mail "
        "again.";
    const Fix fix{redis_cli_("CONFIG SET appendfsync everysec"),
                  "and in redis.conf:  appendfsync everysec"};
    if (!facts_.appendfsync)
      return doubtful(check, found + "; cannot tell how soon it is on disk (CONFIG is refused)",
                      why, {redis_cli_("CONFIG GET appendfsync")});
    if (*facts_.appendfsync == "no")
      return doubtful(check, found + ", on disk when the system likes (appendfsync no)", why, fix);
    return good(check, fmt::format("{}, appendfsync {}", found, *facts_.appendfsync));
  }

  void persistence() {
    const std::string check = "persistence";
    const Fix fix{redis_cli_("CONFIG SET appendonly yes"), "and in redis.conf:  appendonly yes"};
    if (facts_.of("aof_enabled") == "1") {
      if (facts_.of("aof_last_write_status") == "err") {
        return tell(bad(check, "the append-only file cannot be written",
                        "Redis takes no opt-outs any more: whoever unsubscribes is told to come "
                        "again.",
                        {"look at the free space of its disk and at its log:  df -h; journalctl -u "
                         "redis-server"}));
      }
      return tell(written_in_time(check));
    }
    if (facts_.save && facts_.save->empty()) {
      return tell(bad(check, "neither an append-only file nor snapshots",
                      "When Redis or its host restarts, every opt-out is lost, and all mail waits "
                      "until they are restored.",
                      fix));
    }
    if (facts_.of("rdb_last_bgsave_status") == "err") {
      return tell(
          bad(check, "the last snapshot failed",
              "Redis takes no opt-outs any more: whoever unsubscribes is told to come again.",
              {"look at the free space of its disk and at its log:  df -h; journalctl -u "
               "redis-server"}));
    }
    tell(doubtful(check,
                  facts_.save ? fmt::format("snapshots only (save {})", *facts_.save)
                              : "no append-only file; cannot tell whether there are snapshots "
                                "(CONFIG is refused)",
                  "When its host crashes, opt-outs since the last snapshot are lost: these people "
                  "get mail again.",
                  fix));
  }

  const RedisFacts& facts_;
  const Config& config_;
  const RedisCli& redis_cli_;
  Findings findings_;
};

}  // namespace

Findings check_redis_keeping(const RedisFacts& facts, const Config& config,
                             const RedisCli& redis_cli) {
  return Keeping(facts, config, redis_cli).run();
}

}  // namespace optout::doctor

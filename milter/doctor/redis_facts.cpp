#include "doctor/redis_facts.h"

#include "policy/policy.h"
#include "redis/client.h"
#include "redis/commands.h"
#include "redis/connection.h"
#include "redis/socket_transport.h"
#include "suppression/redis_schema.h"
#include "suppression/set_name.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace optout::doctor {
namespace {

using redis::Commands;
using redis::Executor;
using redis::Reply;
using Words = std::vector<std::string>;

// A person waits longer than a mail does.
constexpr std::chrono::milliseconds kPatience{3000};

void add(Commands& commands, const Words& words) {
  const std::vector<std::string_view> argv(words.begin(), words.end());
  commands.add(argv);
}

// What lookups ask, each set that a stream honours once, and what recording an opt-out asks before
// it writes.
std::vector<Words> reads(const RedisSchema& schema, const Config& config) {
  const std::string nobody = "nobody@doctor.invalid";
  std::set<SetName> sets{SetName::global()};
  std::set<std::string> tenants{""};
  for (const Stream& stream : config.streams) {
    const auto honoured = sets_at_end(stream, {}, "doctor.invalid");
    sets.insert(honoured.begin(), honoured.end());
    tenants.insert(stream.tenant);
  }
  std::vector<Words> all;
  all.reserve(sets.size() + 2 * tenants.size());
  for (const SetName& set : sets)
    all.push_back({"SMISMEMBER", schema.set(set), nobody});
  for (const std::string& tenant : tenants) {
    all.push_back({"HMGET", schema.entry(nobody, tenant), "global"});
    all.push_back({"HGET", schema.lists(tenant), "doctor.invalid"});
  }
  return all;
}

std::vector<Words> guard_commands(const std::string& key) {
  return {{"HGETALL", key},
          {"HSET", key, "x", "x"},
          {"HSETNX", key, "x", "x"},
          {"HDEL", key, "x"},
          {"PEXPIREAT", key, "1"},
          {"EXPIRE", key, "1"},
          {"DEL", key},
          {"SET", key, "", "EX", "1", "NX"},
          {"GET", key},
          {"BITFIELD", key, "SET", "u1", "0", "0"},
          {"BITCOUNT", key},
          {"ZADD", key, "0", "x"},
          {"ZREM", key, "x"},
          {"ZREMRANGEBYSCORE", key, "-inf", "0"},
          {"ZREMRANGEBYRANK", key, "0", "1"},
          {"ZCARD", key},
          {"ZMSCORE", key, "x"},
          {"LPUSH", key, "x"},
          {"LTRIM", key, "0", "1"},
          {"LREM", key, "1", "x"},
          {"LLEN", key},
          {"LRANGE", key, "0", "1"}};
}

// Under a name that nobody has, as they are only queued.
std::vector<Words> writes(const RedisSchema& schema, const Config& config) {
  const std::string nobody = "nobody@doctor.invalid";
  std::vector<Words> all{
      {"SADD", schema.set(SetName::global()), nobody},
      {"HSETNX", schema.entry(nobody, {}), "global", ""},
      {"HSET", schema.entry(nobody, {}), "global", ""},
      {"XADD", schema.events({}), "MAXLEN", "~", "1000000", "*", "action", "none"},
      {"HSETNX", schema.lists({}), "doctor.invalid", ""}};
  if (!config.unsubscribe.domain.empty())
    all.push_back({"HSETNX", schema.references(), "doctor.invalid", ""});
  if (config.unsubscribe.confirm)
    all.push_back({"SET", schema.confirmed(nobody), "", "NX", "EX", "1"});
  if (config.guard.mode != GuardMode::off) {
    const auto of_guard = guard_commands(config.prefix + "guard:doctor.invalid");
    all.insert(all.end(), of_guard.begin(), of_guard.end());
  }
  return all;
}

std::string refusal(const Words& command, const Reply& reply) {
  return fmt::format("{} {}: {}", command[0], command[1], reply.text());
}

// Whether such an answer is the one to everything: it wants a password, or is busy.
bool answers_nobody(Fault fault) {
  switch (fault) {
    case Fault::schema_missing:
    case Fault::schema_foreign:
    case Fault::no_permission:
    case Fault::wrong_type:
      return false;
    default:
      return true;
  }
}

void ask_about_itself(Executor& redis, const RedisSchema& schema, RedisFacts& facts) {
  Commands commands;
  commands.add({"INFO"}).add({"CONFIG", "GET", "save"}).add({"CONFIG", "GET", "appendfsync"});
  commands.add({"HGET", schema.marker(), "address_rules"});
  const auto replies = redis.run(commands, redis.deadline(), Executor::Repeat::yes);
  if (!replies || replies->size() != commands.count()) return;
  if ((*replies)[0].is_string()) facts.info = parse_info((*replies)[0].text());
  const auto setting = [](const Reply& reply) -> std::optional<std::string> {
    if (!reply.is_array() || reply.size() != 2) return std::nullopt;
    return std::string(reply[1].text());
  };
  facts.save = setting((*replies)[1]);
  facts.appendfsync = setting((*replies)[2]);
  if ((*replies)[3].is_string()) facts.address_rules = std::string((*replies)[3].text());
}

void ask_for_reads(Executor& redis, const RedisSchema& schema, const Config& config,
                   RedisFacts& facts) {
  const std::vector<Words> asked = reads(schema, config);
  Commands commands;
  for (const Words& words : asked)
    add(commands, words);
  const auto replies = redis.run(commands, redis.deadline(), Executor::Repeat::yes);
  if (!replies || replies->size() != asked.size()) return;
  for (std::size_t i = 0; i < asked.size(); ++i) {
    if ((*replies)[i].is_error()) facts.refused_reads.push_back(refusal(asked[i], (*replies)[i]));
  }
}

// A connection of our own, which is never made anew: what is sent behind MULTI must not reach Redis
// without it. A connection that ends discards its transaction, should DISCARD be refused.
void ask_for_writes(const RedisOptions& options, const std::vector<Words>& asked,
                    RedisFacts& facts) {
  redis::Connection connection(options, redis::make_socket_transport(options.address));
  const auto deadline = redis::Clock::now() + options.timeout;
  if (!connection.open(deadline)) return;
  Commands begin;
  begin.add({"MULTI"});
  const auto begun = connection.exchange(begin.wire(), begin.count(), deadline);
  if (!begun) return;
  if (begun->front().is_error()) {
    facts.refused_writes.push_back(fmt::format("MULTI: {}", begun->front().text()));
    return;
  }
  Commands commands;
  for (const Words& words : asked)
    add(commands, words);
  commands.add({"DISCARD"});
  const auto replies = connection.exchange(commands.wire(), commands.count(), deadline);
  if (!replies) return;
  facts.knows_writes = true;
  for (std::size_t i = 0; i < asked.size(); ++i) {
    if ((*replies)[i].is_error()) facts.refused_writes.push_back(refusal(asked[i], (*replies)[i]));
  }
}

}  // namespace

std::string_view RedisFacts::of(const std::string& name) const {
  const auto found = info.find(name);
  return found != info.end() ? std::string_view(found->second) : std::string_view();
}

std::map<std::string, std::string> parse_info(std::string_view text) {
  std::map<std::string, std::string> info;
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(text.size(), end + 1));
    if (line.ends_with('\r')) line.remove_suffix(1);
    const auto colon = line.find(':');
    if (colon != std::string_view::npos)
      info.emplace(std::string(line.substr(0, colon)), std::string(line.substr(colon + 1)));
  }
  return info;
}

RedisFacts ask_redis(const Config& config) {
  RedisFacts facts;
  RedisOptions options = config.redis;
  options.timeout = std::max(options.timeout, kPatience);
  const RedisSchema schema(config.prefix, config.addresses);
  facts.fingerprints = schema.digest_fingerprints();

  const auto redis = redis::make_client(options);
  Commands question;
  schema.ask_for_marker(question);
  const auto start = redis::Clock::now();
  const auto replies = redis->run(question, redis->deadline(), Executor::Repeat::yes);
  facts.took = std::chrono::duration_cast<std::chrono::milliseconds>(redis::Clock::now() - start);
  if (!replies) {
    facts.unreachable = replies.error();
    return facts;
  }
  facts.marker = schema.fault_of_marker(replies->front());
  if (facts.marker && answers_nobody(facts.marker->fault)) {
    facts.unreachable = std::move(facts.marker);
    return facts;
  }
  if (!facts.marker) facts.writing_digests = schema.fault_of_writing_digests(replies->front());
  ask_about_itself(*redis, schema, facts);
  ask_for_reads(*redis, schema, config, facts);
  ask_for_writes(options, writes(schema, config), facts);
  return facts;
}

}  // namespace optout::doctor

#include "suppression/redis_recording.h"

#include "suppression/evidence_record.h"
#include "suppression/redis_event.h"
#include "suppression/redis_transaction.h"
#include "util/day.h"

#include <fmt/format.h>

#include <chrono>

namespace optout {
namespace {

using redis::Commands;

std::string day_of(Instant instant) {
  return day_text(std::chrono::floor<std::chrono::days>(instant));
}

}  // namespace

Result<RedisRecording::Standing> RedisRecording::standing(std::string_view member,
                                                          const SetName& set,
                                                          std::span<const std::string> also,
                                                          redis::Clock::time_point deadline) const {
  Commands commands;
  commands.add({"SISMEMBER", schema_.set(set), member});
  commands.add({"HMGET", schema_.entry(member, set.tenant()), set.text(),
                RedisSchema::withdrawal_field(set)});
  for (const std::string& other : also) {
    commands.add({"HGET", schema_.entry(other, set.tenant()), RedisSchema::withdrawal_field(set)});
  }
  schema_.ask_for_marker(commands);
  auto replies = executor_.run(commands, deadline, redis::Executor::Repeat::yes);
  if (!replies) return std::move(replies).error();
  if (auto error = first_error(*replies)) return *std::move(error);
  if (replies->size() != commands.count() || (*replies)[1].size() != 2) return wrong_shape("HMGET");
  const redis::Reply& marker = replies->back();
  if (auto error = schema_.fault_of_marker(marker)) return *std::move(error);
  const redis::Reply& record = (*replies)[1][0];
  Standing found{.in_set = (*replies)[0].integer() != 0,
                 .record = {},
                 .withdrawal = decode_withdrawal((*replies)[1][1].text()),
                 .digest_keys_unknown = schema_.fault_of_writing_digests(marker)};
  if (record.is_string()) found.record = std::string(record.text());
  for (std::size_t i = 0; i < also.size(); ++i) {
    auto other = decode_withdrawal((*replies)[2 + i].text());
    if (other && (!found.withdrawal || other->since > found.withdrawal->since))
      found.withdrawal = std::move(other);
  }
  return found;
}

Result<Recorded> RedisRecording::record(const OptOut& opt_out) const {
  const auto deadline = executor_.deadline();
  const auto before = standing(opt_out.member, opt_out.set, opt_out.also, deadline);
  if (!before) return before.error();
  if (opt_out.member.starts_with('#') && before->digest_keys_unknown) {
    return *before->digest_keys_unknown;
  }
  // What had an expiry no longer counts once it is past: then only the last record does.
  const auto earlier = before->record ? decode_evidence(*before->record) : std::nullopt;
  const bool renews = opt_out.evidence.expires || (earlier && earlier->expires);
  if (before->in_set && before->record && !renews) return Recorded::already_there;
  if (before->withdrawal && before->withdrawal->outranks(opt_out))
    return ignore(opt_out, *before->withdrawal, deadline);

  // The withdrawal stays, whoever opts out after it: requests from before it are none the newer.
  const std::string evidence = encode_evidence(opt_out.evidence);
  Commands commands;
  commands.add({"SADD", schema_.set(opt_out.set), opt_out.member});
  commands.add({renews ? "HSET" : "HSETNX", schema_.entry(opt_out.member, opt_out.set.tenant()),
                opt_out.set.text(), evidence});
  add_event(commands, schema_,
            {.action = "add",
             .member = opt_out.member,
             .set = opt_out.set,
             .by = opt_out.evidence.by,
             .because = opt_out.evidence.reason,
             .record = evidence});
  const auto done = transact(executor_, commands, deadline);
  if (!done) return done.error();
  return (*done)[0].integer() == 1 ? Recorded::added : Recorded::already_there;
}

Result<Recorded> RedisRecording::ignore(const OptOut& opt_out, const Withdrawal& withdrawal,
                                        redis::Clock::time_point deadline) const {
  if (withdrawal.ignored && *opt_out.asked <= *withdrawal.ignored) return Recorded::outranked;
  Withdrawal noted = withdrawal;
  noted.ignored = opt_out.asked;
  Commands commands;
  commands.add({"HSET", schema_.entry(opt_out.member, opt_out.set.tenant()),
                RedisSchema::withdrawal_field(opt_out.set), encode_withdrawal(noted)});
  add_event(commands, schema_,
            {.action = "ignored",
             .member = opt_out.member,
             .set = opt_out.set,
             .by = opt_out.evidence.by,
             .because = fmt::format("withdrawn on {}, token of {}", day_of(withdrawal.since),
                                    day_text(*opt_out.asked)),
             .record = encode_evidence(opt_out.evidence)});
  const auto done = transact(executor_, commands, deadline);
  if (!done) return done.error();
  return Recorded::outranked;
}

Result<bool> RedisRecording::withdraw(std::string_view member, const SetName& set,
                                      std::string_view by, std::string_view because) const {
  const auto deadline = executor_.deadline();
  const auto before = standing(member, set, {}, deadline);
  if (!before) return before.error();
  if (!before->in_set && !before->record) return false;

  const Withdrawal withdrawal{
      .since = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now()),
      .by = std::string(by),
      .reason = std::string(because)};
  const std::string entry = schema_.entry(member, set.tenant());
  Commands commands;
  commands.add({"SREM", schema_.set(set), member});
  commands.add({"HDEL", entry, set.text()});
  commands.add({"HSET", entry, RedisSchema::withdrawal_field(set), encode_withdrawal(withdrawal)});
  add_event(commands, schema_,
            {.action = "remove",
             .member = member,
             .set = set,
             .by = by,
             .because = because,
             .record = before->record.value_or("")});
  const auto done = transact(executor_, commands, deadline);
  if (!done) return done.error();
  return (*done)[0].integer() == 1;
}

}  // namespace optout

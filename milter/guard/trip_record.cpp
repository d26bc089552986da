// What the guard puts down once a message is judged.

#include "guard/guard_check.h"
#include "suppression/opt_out.h"
#include "suppression/redis_schema.h"
#include "suppression/redis_transaction.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <limits>

namespace optout {
namespace {

using redis::Commands;
using redis::Reply;

constexpr std::size_t kMostNamed = 500;  // messages, in an event

std::string instant_text(RedisTime time) {
  const std::chrono::sys_time<std::chrono::milliseconds> at{
      std::chrono::milliseconds(static_cast<std::int64_t>(time))};
  return to_string(std::chrono::floor<std::chrono::seconds>(at));
}

// Writes a field of the state once, whoever else tries: the first reply is 1 for who did. The state
// is kept until `until`, when the last of what it holds has ended.
void ask_to_note(Commands& commands, const GuardSchema& schema, std::string_view sender,
                 std::string_view field, std::string_view record, RedisTime until) {
  const std::string state = schema.state(sender);
  const std::string end = std::to_string(until);
  commands.add({"HSETNX", state, field, record});
  commands.add({"PEXPIREAT", state, end});
  commands.add({"ZADD", schema.senders(), end, sender});
}

// "mx1/4TbXyZ1k2l" of an entry of the stream of messages let through.
std::string passed_text(const Reply& entry) {
  const Reply fields = entry[1];
  std::string relay;
  std::string id;
  for (std::size_t i = 0; i + 1 < fields.size(); i += 2) {
    const Reply name = fields[i];
    const Reply value = fields[i + 1];
    if (name.text() == "relay") relay = value.text();
    if (name.text() == "id") id = value.text();
  }
  return relay + "/" + id;
}

void add_event(Commands& commands, const GuardSchema& schema, const std::string& sender,
               const TripNote& note, const std::string& record) {
  std::string named;
  for (const std::string& message : note.passed)
    named.append(named.empty() ? "" : " ").append(message);
  const std::string events = schema.events();
  const std::string in_all = std::to_string(note.passed_in_all);
  commands.add({"XADD", events, "MAXLEN", "~", RedisSchema::kEventsKept, "*", "action", "trip",
                "sender", sender, "limit", note.limit, "record", record, "passed", in_all,
                "messages", named});
}

}  // namespace

void GuardCheck::undo(Commands& commands) const {
  for (const Count& count : counts_) {
    const bool is_undone = allowed_.has_value();  // by count_allowed()
    if (count.adds_people && is_lifted(limits_[count.limit]) && !is_undone)
      ask_to_undo(commands, count.tally, count.reading, stamp_);
  }
  if (allowed_) ask_to_undo(commands, allowed_->tally, allowed_->reading, stamp_);
  if (!passed_entry_.empty())
    commands.add({"XDEL", guard_.schema().passed(sender_.name), passed_entry_});
}

void GuardCheck::put_down(const GuardVerdict& verdict, bool goes_out) {
  Commands commands;
  if (!goes_out || verdict.stops()) undo(commands);
  if (!verdict.trips.empty() || !verdict.warnings.empty()) {
    for (const std::string& field : state_.ended)
      commands.add({"HDEL", guard_.schema().state(sender_.name), field});
  }
  if (!commands.empty()) {
    if (const auto done = run(commands); !done) trouble_ = done.error();
  }
  record_trips(verdict);
  record_warnings(verdict);
}

void GuardCheck::record_trips(const GuardVerdict& verdict) {
  const GuardSchema& schema = guard_.schema();
  for (const std::size_t index : verdict.trips) {
    const Limit& limit = limits_[index];
    const bool is_single = limit.kind == LimitKind::recipients_per_message;
    RedisTime until =
        now() + static_cast<RedisTime>(std::chrono::milliseconds(limit.window).count());
    if (allowed_ && allowed_->limit == index) until = std::min(until, state_.allowance->until);
    TripNote note{.kind = limit.kind,
                  .limit = name_for(limit, message_.print),
                  .trip = {.until = until,
                           .since = instant_text(now()),
                           .step = std::string(to_string(limit.then)),
                           .monitored = monitored_,
                           .count = standings_[index].people,
                           .limit = amount_text(limit),
                           .relay = guard_.relay(),
                           .message = message_.id,
                           .stream = sender_.stream}};
    if (limit.kind == LimitKind::opted_out) {
      note.trip.count = standings_[index].opted_out;
      note.trip.of = standings_[index].people;
    }
    const std::string record = encode(note.trip);
    Commands commands;
    if (!is_single) {
      ask_to_note(commands, schema, sender_.name, SenderState::trip_field(note.limit), record,
                  std::max(until, state_.until()));
    }
    const std::size_t noted = commands.count();
    const std::string passed = schema.passed(sender_.name);
    commands.add({"XLEN", passed});
    commands.add({"XREVRANGE", passed, "+", "-", "COUNT", std::to_string(kMostNamed)});
    const auto replies = run(commands);
    if (!replies) {
      trouble_ = replies.error();
      continue;
    }
    if (!is_single && (*replies)[0].integer() != 1) continue;  // somebody else was first
    note.passed_in_all = static_cast<std::uint64_t>((*replies)[noted].integer());
    const Reply& entries = (*replies)[noted + 1];
    for (std::size_t i = 0; i < entries.size(); ++i)
      note.passed.push_back(passed_text(entries[i]));
    Commands last;
    add_event(last, schema, sender_.name, note, record);
    // Nobody is counted while the trip lasts; what follows it begins anew.
    for (const Count& count : counts_) {
      if (is_single || count.limit != index) continue;
      for (const std::string& key : keys_of(count.tally, stamp_))
        last.add({"DEL", key});
    }
    if (const auto done = run(last); !done) trouble_ = done.error();
    trip_notes_.push_back(std::move(note));
  }
}

void GuardCheck::record_warnings(const GuardVerdict& verdict) {
  for (const std::size_t index : verdict.warnings) {
    const Limit& limit = limits_[index];
    const RedisTime until =
        now() + static_cast<RedisTime>(std::chrono::milliseconds(limit.window).count());
    const std::string name = name_for(limit, message_.print);
    Commands commands;
    ask_to_note(commands, guard_.schema(), sender_.name, SenderState::warning_field(name),
                encode_warning(until), std::max(until, state_.until()));
    const auto replies = run(commands);
    if (!replies) {
      trouble_ = replies.error();
    } else if ((*replies)[0].integer() == 1) {
      warning_notes_.push_back(
          {.kind = limit.kind, .limit = name, .amount = amount_text(limit), .standing = standings_[index]});
    }
  }
}

}  // namespace optout

// What the guard puts down once a message is judged.

#include "guard/guard_check.h"
#include "guard/in_bulk.h"
#include "suppression/opt_out.h"
#include "suppression/redis_schema.h"
#include "suppression/redis_transaction.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>

namespace optout {
namespace {

using redis::Commands;
using redis::Reply;

constexpr std::chrono::hours kTellAgain{1};        // of limits without a window
constexpr std::string_view kClaimLasts = "10000";  // ms; no message is judged for as long

RedisTime in_milliseconds(std::chrono::seconds time) noexcept {
  return static_cast<RedisTime>(std::chrono::milliseconds(time).count());
}

void add_event(Commands& commands, const GuardSchema& schema, const std::string& sender,
               const TripNote& note, const std::string& record) {
  std::string named;
  for (const std::string& message : note.passed)
    named.append(named.empty() ? "" : " ").append(message);
  const std::string events = schema.events();
  const std::string in_all = passed_text(note.passed_in_all);
  commands.add({"XADD", events, "MAXLEN", "~", RedisSchema::kEventsKept, "*", "action", "trip",
                "sender", sender, "limit", note.limit, "record", record, "passed", in_all,
                "messages", named});
}

}  // namespace

std::string GuardCheck::passed_name() const {
  return guard_.relay() + "/" + (message_.id.empty() ? "NOQUEUE" : message_.id);
}

RedisTime GuardCheck::end_of(const Limit& limit) const noexcept {
  return now() + in_milliseconds(limit.window.count() > 0 ? limit.window : kTellAgain);
}

RedisTime GuardCheck::end_of_state(bool of_message) const noexcept {
  RedisTime last = of_message ? message_state_.until()
                              : std::max(state_.until(), now() + in_milliseconds(kTellAgain));
  for (const Limit& limit : limits_of_sender()) {
    if (!of_message || limit.kind == LimitKind::same_message) last = std::max(last, end_of(limit));
  }
  if (allowed_ && !of_message) last = std::max(last, end_of(*allowed_));
  return last;
}

// Writes a field of the state once, whoever else tries. One that is there, but no longer in force,
// is claimed by one of those who found it so, and overwritten. Others that have ended go, so that
// the state does not grow: were one just written anew, its next message would do so again.
void GuardCheck::ask_to_note(Commands& commands, std::size_t limit, const std::string& field,
                             std::string_view record) const {
  const GuardSchema& schema = guard_.schema();
  const bool of_message = is_of_message(limit);
  const std::string& state = of_message ? message_key_ : plan_->state;
  const SenderState& known = state_of(limit);
  const std::string end = std::to_string(end_of_state(of_message));
  if (known.is_in_the_way(field)) {
    const std::string claim = schema.claim(sender().name, field);
    commands.add({"SET", claim, guard_.relay(), "NX", "PX", kClaimLasts});
    commands.add({"HSET", state, field, record});
  } else {
    commands.add({"HSETNX", state, field, record});
  }
  std::vector<std::string> ended = known.ended;
  std::erase(ended, field);
  add_in_bulk(commands, "HDEL", state, std::span<const std::string>(ended));
  commands.add({"PEXPIREAT", state, end});
  ask_to_list(commands, end, of_message);
}

// So that optoutctl finds the sender, and the message.
void GuardCheck::ask_to_list(Commands& commands, std::string_view until, bool with_message) const {
  const std::string senders = guard_.schema().senders();
  const std::string now = std::to_string(this->now());
  commands.add({"ZADD", senders, "GT", until, sender().name});
  commands.add({"ZREMRANGEBYSCORE", senders, "-inf", now});
  commands.add({"EXPIRE", senders, kIndexLasts});
  if (!with_message) return;
  const std::string messages = guard_.schema().messages(sender().name);
  const std::string beyond = "-" + std::to_string(kMessagesKept + 1);
  commands.add({"ZADD", messages, "GT", until, print_text(*message_.print)});
  commands.add({"ZREMRANGEBYSCORE", messages, "-inf", now});
  commands.add({"ZREMRANGEBYRANK", messages, "0", beyond});
  commands.add({"EXPIRE", messages, kIndexLasts});
}

// Whether it was this message that wrote what ask_to_note() asked for.
bool GuardCheck::is_first(const Reply& noted) noexcept {
  return noted.is_integer() ? noted.integer() == 1 : noted.is_string();
}

// The trip first, lest others slip through between the two; then what was counted is undone. Nobody
// is counted while a trip lasts, and whom the sender had mailed before is forgotten by its end. An
// estimate of a share knows no undoing: it begins anew, but not for what monitor mode only noted,
// as others may go by it.
void GuardCheck::put_down(const GuardVerdict& verdict, bool goes_out) {
  for (const std::size_t index : verdict.trips) {
    if (auto note = trip_of(index)) trip_notes_.push_back(*std::move(note));
  }
  for (const std::size_t index : verdict.warnings)
    record_warning(index);
  const auto is_tripped = [&](std::size_t limit) {
    return standings_[limit].tripped ||
           std::find(verdict.trips.begin(), verdict.trips.end(), limit) != verdict.trips.end();
  };
  Commands commands;
  const bool stays = !goes_out || verdict.stops();
  for (const Count& count : counts_) {
    if (stays || is_tripped(count.limit))
      ask_to_undo(commands, *count.tally, count.reading, people_, stamp_);
  }
  if (stays && is_among_passed_) commands.add({"LREM", plan_->passed, "1", passed_name()});
  for (const ShareCount& count : shares_) {
    if (monitored_ || trouble_ || !is_tripped(count.limit)) continue;
    commands.add({"DEL", count.share->key});
    guard_.beliefs().believe(count.share->key, std::optional<FieldBelief>());
  }
  if (commands.empty()) return;
  if (const auto done = run(commands); !done) trouble_ = done.error();
}

std::optional<TripNote> GuardCheck::trip_of(std::size_t index) {
  const GuardSchema& schema = guard_.schema();
  const Limit& limit = this->limit(index);
  const LimitStanding& standing = standings_[index];
  // What one message is too big for says nothing of the next one: it is only told of, now and then.
  const bool lasts = limit.kind != LimitKind::recipients_per_message;
  const bool is_share = limit.kind == LimitKind::opted_out;
  const bool is_allowed = allowance_ && allows(index);
  TripNote note{.kind = limit.kind,
                .limit = name_of(index),
                .trip = {.until = is_allowed ? allowance_->until : end_of(limit),
                         .since = instant_text(now()),
                         .step = std::string(to_string(limit.then)),
                         .monitored = monitored_,
                         .count = is_share ? standing.opted_out : standing.people,
                         .of = is_share ? standing.people : 0,
                         .limit = amount_text(limit),
                         .relay = guard_.relay(),
                         .message = message_.id,
                         .stream = sender().stream}};
  const std::string record = encode(note.trip);
  const std::string& passed = plan_->passed;
  const std::string field =
      lasts ? SenderState::trip_field(note.limit) : SenderState::warning_field(note.limit);
  Commands commands;
  ask_to_note(commands, index, field, lasts ? record : encode_warning(note.trip.until));
  if (limit.then != Step::warn) commands.add({"LREM", passed, "1", passed_name()});
  const std::size_t noted = commands.count();
  commands.add({"LLEN", passed});
  commands.add({"LRANGE", passed, "0", std::to_string(kPassedKept - 1)});
  const auto replies = run(commands);
  if (!replies) {
    trouble_ = replies.error();
    return std::nullopt;
  }
  if (!is_first(replies->front())) return std::nullopt;
  note.passed_in_all = static_cast<std::uint64_t>((*replies)[noted].integer());
  const Reply& names = (*replies)[noted + 1];
  for (std::size_t i = 0; i < names.size(); ++i)
    note.passed.emplace_back(names[i].text());
  Commands event;
  add_event(event, schema, sender().name, note, record);
  if (const auto done = run(event); !done) trouble_ = done.error();
  return note;
}

void GuardCheck::record_warning(std::size_t index) {
  const Limit& limit = this->limit(index);
  const std::string name = name_of(index);
  const std::string field = SenderState::warning_field(name);
  Commands commands;
  ask_to_note(commands, index, field, encode_warning(end_of(limit)));
  const auto replies = run(commands);
  if (!replies) {
    trouble_ = replies.error();
  } else if (is_first(replies->front())) {
    warning_notes_.push_back({.kind = limit.kind,
                              .limit = name,
                              .amount = amount_text(limit),
                              .standing = standings_[index]});
  }
}

}  // namespace optout

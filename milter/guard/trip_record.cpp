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
constexpr RedisTime kToldLonger = 10'000;
constexpr std::size_t kAboutPassed = 2;  // replies, see ask_what_passed()

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

std::string GuardCheck::tag() const {
  return fmt::format("{}/{}/{}", guard_.relay(), stamp_, number_);
}

void GuardCheck::ask_to_claim(Commands& commands, const std::string& field, bool monitored) const {
  const std::string claim = guard_.schema().claim(sender().name, field, monitored);
  commands.add({"SET", claim, tag(), "NX", "PX", kClaimLasts});
  commands.add({"GET", claim});
}

// Whether it was this check that claimed, though it may have been the first time that this was sent
// of two.
bool GuardCheck::has_claimed(std::span<const Reply> replies) const noexcept {
  return replies[0].is_string() || replies[1].text() == tag();
}

// Writes a field of the state once, whoever else tries. One that is there, but no longer in force,
// is claimed by one of those who found it so, and overwritten. Others that have ended go, so that
// the state does not grow: were one just written anew, its next message would do so again.
void GuardCheck::ask_to_note(Commands& commands, std::size_t limit, const std::string& field,
                             std::string_view record) const {
  const bool of_message = is_of_message(limit);
  const std::string& state = of_message ? message_key_ : plan_->state;
  const std::string end = std::to_string(end_of_state(of_message));
  // Whoever writes it tells of it, and nobody else for now.
  const std::string telling =
      guard_.schema().claim(sender().name, SenderState::told_field(kept_as(limit)), monitored_);
  commands.add({"SET", telling, tag(), "PX", kClaimLasts});
  if (is_in_the_way(limit, field)) {
    ask_to_claim(commands, field, monitored_);
    commands.add({"HSET", state, field, record});
  } else {
    commands.add({"HSETNX", state, field, record});
    commands.add({"HGET", state, field});
  }
  std::vector<std::string> ended = state_of(limit).ended;
  std::erase(ended, field);
  add_in_bulk(commands, "HDEL", state, std::span<const std::string>(ended));
  commands.add({"PEXPIREAT", state, end});
  ask_to_list(commands, end, of_message);
}

// Whether it was this message that wrote what ask_to_note() asked for, if only the first time that
// it was sent of two.
bool GuardCheck::has_noted(std::span<const Reply> replies, std::size_t limit,
                           const std::string& field, std::string_view record) const {
  const auto mine = replies.subspan(1);
  if (is_in_the_way(limit, field)) return has_claimed(mine);
  return mine[0].integer() == 1 || mine[1].text() == record;
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

// The trip first, lest others slip through between the two; then what was counted is undone. Nobody
// is counted while a trip lasts, and whom the sender had mailed before is forgotten by its end. An
// estimate of a share knows no undoing: it begins anew, but not for what monitor mode only noted,
// as others may go by it.
void GuardCheck::put_down(const GuardVerdict& verdict, bool goes_out) {
  for (const std::size_t index : verdict.trips) {
    if (auto note = trip_of(index)) trip_notes_.push_back(*std::move(note));
  }
  for (std::size_t i = 0; i < standings_.size(); ++i) {
    if (!standings_[i].tripped) continue;
    if (auto note = untold_trip_of(i)) trip_notes_.push_back(*std::move(note));
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
    forget(commands, *count.share);
  }
  if (commands.empty()) return;
  if (const auto done = run(commands); !done) trouble_ = done.error();
}

Trip GuardCheck::trip_now(std::size_t index) const {
  const Limit& limit = this->limit(index);
  const LimitStanding& standing = standings_[index];
  const bool is_share = limit.kind == LimitKind::opted_out;
  const bool is_allowed = allowance_ && allows(index);
  return {.until = is_allowed ? allowance_->until : end_of(limit),
          .since = instant_text(now()),
          .step = std::string(to_string(limit.then)),
          .monitored = monitored_,
          .count = is_share ? standing.opted_out : standing.people,
          .of = is_share ? standing.people : 0,
          .limit = amount_text(limit),
          .relay = guard_.relay(),
          .message = message_.id,
          .stream = sender().stream};
}

std::optional<TripNote> GuardCheck::trip_of(std::size_t index) {
  // What one message is too big for says nothing of the next one: it is only told of, now and then.
  const bool lasts = limit(index).kind != LimitKind::recipients_per_message;
  const std::string name = kept_as(index);
  Trip trip = trip_now(index);
  if (const auto known = state_.warnings.find(name); !lasts && known != state_.warnings.end()) {
    if (state_.is_told(name, known->second, monitored_)) return std::nullopt;
    trip.until = known->second;
    return untold(index, std::move(trip));
  }
  const std::string record = lasts ? encode(trip) : encode_warning(trip.until, tag());
  const std::string field =
      lasts ? SenderState::trip_field(name) : SenderState::warning_field(name);
  Commands commands;
  ask_to_note(commands, index, field, record);
  if (limit(index).then != Step::warn) commands.add({"LREM", plan_->passed, "1", passed_name()});
  ask_what_passed(commands);
  const auto replies = run(commands);
  if (!replies) {
    trouble_ = replies.error();
    return std::nullopt;
  }
  if (!has_noted(*replies, index, field, record)) return std::nullopt;
  return tell(index, std::move(trip), std::span(*replies).last(kAboutPassed));
}

// Whoever wrote it may never have known, or was not there any more to tell.
std::optional<TripNote> GuardCheck::untold_trip_of(std::size_t index) {
  const SenderState& state = state_of(index);
  const std::string name = kept_as(index);
  const auto trip = state.trips.find(name);
  if (trip == state.trips.end() || state.is_told(name, trip->second.until, trip->second.monitored))
    return std::nullopt;
  return untold(index, trip->second);
}

std::optional<TripNote> GuardCheck::untold(std::size_t index, Trip trip) {
  Commands commands;
  ask_to_claim(commands, SenderState::told_field(kept_as(index)), trip.monitored);
  ask_what_passed(commands);
  const auto replies = run(commands);
  if (!replies) {
    trouble_ = replies.error();
    return std::nullopt;
  }
  if (!has_claimed(*replies)) return std::nullopt;
  return tell(index, std::move(trip), std::span(*replies).last(kAboutPassed));
}

void GuardCheck::ask_what_passed(Commands& commands) const {
  commands.add({"LLEN", plan_->passed});
  commands.add({"LRANGE", plan_->passed, "0", std::to_string(kPassedKept - 1)});
}

// By an event, and by what is returned. Then it is marked as told, for somewhat longer than it
// lasts: those who noted it in the same moment may have written a later end.
TripNote GuardCheck::tell(std::size_t index, Trip trip, std::span<const Reply> passed) {
  const std::string name = name_of(index);
  TripNote note{.kind = limit(index).kind, .limit = name, .trip = std::move(trip)};
  note.passed_in_all = static_cast<std::uint64_t>(passed[0].integer());
  for (std::size_t i = 0; i < passed[1].size(); ++i)
    note.passed.emplace_back(passed[1][i].text());
  const bool of_message = is_of_message(index);
  const std::string& state = of_message ? message_key_ : plan_->state;
  Commands commands;
  add_event(commands, guard_.schema(), sender().name, note, encode(note.trip));
  commands.add({"HSET", state, SenderState::told_field(kept_as(index)),
                encode_told(note.trip.until + kToldLonger, note.trip.monitored)});
  commands.add({"PEXPIREAT", state, std::to_string(end_of_state(of_message))});
  if (const auto done = run(commands); !done) trouble_ = done.error();
  return note;
}

void GuardCheck::record_warning(std::size_t index) {
  const Limit& limit = this->limit(index);
  const std::string name = name_of(index);
  const std::string field = SenderState::warning_field(name);
  const std::string record = encode_warning(end_of(limit), tag());
  Commands commands;
  ask_to_note(commands, index, field, record);
  const auto replies = run(commands);
  if (!replies) {
    trouble_ = replies.error();
  } else if (has_noted(*replies, index, field, record)) {
    warning_notes_.push_back({.kind = limit.kind,
                              .limit = name,
                              .amount = amount_text(limit),
                              .standing = standings_[index]});
  }
}

}  // namespace optout

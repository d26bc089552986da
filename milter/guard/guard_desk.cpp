#include "guard/guard_desk.h"

#include "guard/in_bulk.h"
#include "guard/tallies.h"
#include "suppression/opt_out.h"
#include "suppression/record_words.h"
#include "suppression/redis_event.h"
#include "suppression/redis_transaction.h"

#include <algorithm>
#include <charconv>
#include <variant>

namespace optout {
namespace {

using redis::Commands;
using redis::Executor;
using redis::Reply;
using Replies = std::vector<Reply>;

std::uint64_t number_in(std::string_view text) noexcept {
  std::uint64_t number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

// What TIME answers, in milliseconds.
RedisTime time_in(const Reply& reply) noexcept {
  return number_in(reply[0].text()) * 1000 + number_in(reply[1].text()) / 1000;
}

std::uint64_t count_in(const Reply& reply) noexcept {
  return reply.is_integer() ? static_cast<std::uint64_t>(reply.integer()) : 0;
}

SenderState state_in(const Reply& fields, RedisTime now) {
  SenderState state;
  for (std::size_t i = 0; i + 1 < fields.size(); i += 2) {
    if (!SenderState::is_of_message(fields[i].text()))
      state.add(fields[i].text(), fields[i + 1].text(), now);
  }
  return state;
}

// The first of `messages`, those that are over left out, at most so many.
void ask_for_messages(Commands& commands, const std::string& messages, RedisTime now,
                      std::uint64_t most) {
  const std::string later = "(" + std::to_string(now);
  const std::string count = std::to_string(most);
  commands.add({"ZRANGE", messages, "+inf", later, "BYSCORE", "REV", "LIMIT", "0", count});
}

std::vector<std::string> texts_in(const Reply& reply) {
  std::vector<std::string> texts;
  for (std::size_t i = 0; i < reply.size(); ++i)
    texts.emplace_back(reply[i].text());
  return texts;
}

// Of "mx1/4TbXyZ1k2l".
PassedMessage passed_in(std::string_view entry) {
  const std::size_t slash = std::min(entry.rfind('/'), entry.size());
  return {.relay = std::string(entry.substr(0, slash)),
          .id = std::string(entry.substr(std::min(slash + 1, entry.size())))};
}

}  // namespace

GuardDesk::GuardDesk(Executor& executor, const std::string& prefix, const MemberOptions& members)
    : executor_(executor), marker_(prefix, members), schema_(prefix) {}

// The replies to `questions`, of a Redis that is ours. One that was flushed holds nobody up, which
// must not look like a quiet day: the marker is asked for last.
Result<Replies> GuardDesk::ask(Commands questions) {
  marker_.ask_for_marker(questions);
  auto replies = executor_.run(questions, executor_.deadline(), Executor::Repeat::yes);
  if (!replies) return std::move(replies).error();
  if (replies->size() != questions.count()) return wrong_shape("HMGET");
  if (auto error = marker_.fault_of_marker(replies->back())) return *std::move(error);
  if (auto error = first_error(*replies)) return *std::move(error);
  return replies;
}

Result<std::vector<ListedSender>> GuardDesk::list() {
  const std::string senders = schema_.senders();
  Commands questions;
  questions.add({"TIME"});
  questions.add({"ZRANGE", senders, "0", "-1", "WITHSCORES"});
  const auto known = ask(std::move(questions));
  if (!known) return known.error();
  const RedisTime now = time_in((*known)[0]);
  const Reply& index = (*known)[1];

  std::vector<ListedSender> found;
  Commands details;
  constexpr std::size_t kAsked = 4;  // questions about each
  for (std::size_t i = 0; i + 1 < index.size(); i += 2) {
    if (number_in(index[i + 1].text()) <= now) continue;
    found.push_back({.name = std::string(index[i].text()), .state = {}});
    details.add({"HGETALL", schema_.state(found.back().name)});
    details.add({"LLEN", schema_.passed(found.back().name)});
    const std::string messages = schema_.messages(found.back().name);
    details.add({"ZCOUNT", messages, "(" + std::to_string(now), "+inf"});
    ask_for_messages(details, messages, now, kMostTripped);
  }
  const std::size_t asked = details.count();
  if (found.size() * 2 < index.size())
    details.add({"ZREMRANGEBYSCORE", senders, "-inf", std::to_string(now)});
  if (details.empty()) return found;
  const auto replies = executor_.run(details, executor_.deadline(), Executor::Repeat::yes);
  if (!replies) return replies.error();
  // Whether this user may remove what has ended does not matter.
  if (auto error = first_error(std::span(*replies).first(asked))) return *std::move(error);
  for (std::size_t i = 0; i < found.size(); ++i) {
    const auto mine = std::span(*replies).subspan(kAsked * i, kAsked);
    SenderState& state = found[i].state;
    state = state_in(mine[0], now);
    found[i].passed = count_in(mine[1]);
    const std::vector<std::string> messages = texts_in(mine[3]);
    state.more_messages = count_in(mine[2]) - std::min(count_in(mine[2]), messages.size());
    if (auto done = read_messages(found[i].name, messages, now, state); !done) return done.error();
  }
  std::erase_if(found, [](const ListedSender& sender) { return sender.state.until() == 0; });
  std::sort(found.begin(), found.end(),
            [](const ListedSender& a, const ListedSender& b) { return a.name < b.name; });
  return found;
}

Result<GuardDesk::Read> GuardDesk::read(std::string_view sender) {
  Commands questions;
  questions.add({"TIME"});
  questions.add({"HGETALL", schema_.state(sender)});
  const auto replies = ask(std::move(questions));
  if (!replies) return replies.error();
  Read read{.now = time_in((*replies)[0]), .state = {}, .fields = {}, .messages = {}};
  const Reply& fields = (*replies)[1];
  read.state = state_in(fields, read.now);
  for (std::size_t i = 0; i < fields.size(); i += 2)
    read.fields.emplace_back(fields[i].text());
  Commands more;
  ask_for_messages(more, schema_.messages(sender), read.now, kMessagesKept);
  const auto found = executor_.run(more, executor_.deadline(), Executor::Repeat::yes);
  if (!found) return found.error();
  if (auto error = first_error(*found)) return *std::move(error);
  read.messages = texts_in(found->front());
  const auto shown = std::span(read.messages).first(std::min(read.messages.size(), kMostTripped));
  read.state.more_messages = read.messages.size() - shown.size();
  if (auto done = read_messages(sender, shown, read.now, read.state); !done) return done.error();
  return read;
}

Result<Done> GuardDesk::read_messages(std::string_view sender,
                                      std::span<const std::string> messages, RedisTime now,
                                      SenderState& state) {
  if (messages.empty()) return Done{};
  Commands questions;
  for (const std::string& message : messages)
    questions.add({"HGETALL", schema_.message(sender, message)});
  const auto replies = executor_.run(questions, executor_.deadline(), Executor::Repeat::yes);
  if (!replies) return replies.error();
  if (auto error = first_error(*replies)) return *std::move(error);
  for (const Reply& fields : *replies) {
    for (std::size_t i = 0; i + 1 < fields.size(); i += 2)
      state.add(fields[i].text(), fields[i + 1].text(), now);
  }
  return Done{};
}

Result<SenderFile> GuardDesk::show(const GuardedSender& sender) {
  const auto known = read(sender.name);
  if (!known) return known.error();
  SenderFile file{.state = known->state, .counts = {}, .passed = {}};

  std::vector<std::variant<Tally, Share>> asked;
  for (const Limit& limit : sender.limits) {
    if (limit.kind == LimitKind::recipients) {
      asked.emplace_back(tally_for(schema_, sender.name, limit, 0));
    } else if (limit.kind == LimitKind::opted_out) {
      asked.emplace_back(share_for(schema_, sender.name, limit, 0));
    } else {
      continue;
    }
    file.counts.push_back({.limit = limit.name(), .amount = amount_text(limit)});
  }
  if (const auto& allowance = file.state.allowance) {
    asked.emplace_back(allowed_tally(schema_, sender.name, *allowance));
    file.counts.push_back(
        {.limit = std::string(SenderState::kAllowance), .amount = std::to_string(allowance->most)});
  }

  Commands questions;
  const std::string passed = schema_.passed(sender.name);
  questions.add({"LLEN", passed});
  questions.add({"LRANGE", passed, "0", std::to_string(kMostPassed - 1)});
  for (const auto& each : asked) {
    if (const auto* const tally = std::get_if<Tally>(&each)) {
      ask_tally(questions, *tally, {}, known->now * 1000);
    } else {
      ask_share(questions, std::get<Share>(each), {}, {}, known->now * 1000);
    }
  }
  const auto replies = executor_.run(questions, executor_.deadline(), Executor::Repeat::yes);
  if (!replies) return replies.error();
  if (auto error = first_error(*replies)) return *std::move(error);
  file.passed_in_all = count_in((*replies)[0]);
  for (std::size_t i = 0; i < (*replies)[1].size(); ++i)
    file.passed.push_back(passed_in((*replies)[1][i].text()));
  std::span<const Reply> rest = std::span(*replies).subspan(2);
  for (std::size_t i = 0; i < asked.size(); ++i) {
    CountedPeople& count = file.counts[i];
    if (const auto* const tally = std::get_if<Tally>(&asked[i])) {
      const auto readings = read_tally(rest, *tally, {});
      if (!readings) return readings.error();
      count.people = readings->of.front().people;
    } else {
      const auto reading = read_share(rest, std::get<Share>(asked[i]), {}, {});
      if (!reading) return reading.error();
      count.people = reading->opted_out;
      count.addressed = reading->people;
    }
  }
  std::erase_if(file.counts, [](const CountedPeople& count) {
    return count.people == 0 && count.addressed == 0;
  });
  return file;
}

void GuardDesk::end_trips(Commands& commands, const GuardedSender& sender, const Read& read) const {
  std::vector<std::string> fields = read.fields;
  std::erase(fields, SenderState::kAllowance);
  add_in_bulk(commands, "HDEL", schema_.state(sender.name), std::span<const std::string>(fields));
  // What the same message has counted goes with its trip, or it would trip again at once.
  std::vector<std::string> keys;
  for (const std::string& message : read.messages) {
    keys.push_back(schema_.message(sender.name, message));
    for (const Limit& limit : sender.limits) {
      if (limit.kind == LimitKind::same_message)
        keys.push_back(schema_.tally(sender.name, limit.name() + '/' + message));
    }
  }
  add_in_bulk(commands, "DEL", {}, std::span<const std::string>(keys));
  add_in_bulk(commands, "ZREM", schema_.messages(sender.name),
              std::span<const std::string>(read.messages));
}

void GuardDesk::forget_people(Commands& commands, const GuardedSender& sender) const {
  for (const std::string& key : tally_keys(schema_, sender.name, sender.limits))
    commands.add({"DEL", key});
}

void GuardDesk::forget_allowed(Commands& commands, std::string_view sender,
                               const Read& read) const {
  if (read.state.allowance)
    commands.add({"DEL", allowed_tally(schema_, sender, *read.state.allowance).key});
}

// Of the index the score only rises: were a sender taken off it, a trip that has come just now
// would be hidden.
void GuardDesk::keep_until(Commands& commands, std::string_view sender, RedisTime until) const {
  const std::string end = std::to_string(until);
  commands.add({"PEXPIREAT", schema_.state(sender), end});
  commands.add({"ZADD", schema_.senders(), "GT", end, sender});
  commands.add({"EXPIRE", schema_.senders(), kIndexLasts});
}

Result<SenderState> GuardDesk::release(const GuardedSender& sender, const OnBehalf& who) {
  const auto known = read(sender.name);
  if (!known) return known.error();
  const SenderState& state = known->state;
  if (state.trips.empty() && state.warnings.empty() && state.more_messages == 0)
    return SenderState{};

  std::string record;
  for (const auto& [limit, trip] : state.trips)
    add_word(record, "trip", limit);
  if (state.more_messages != 0) add_word(record, "more", std::to_string(state.more_messages));
  for (const auto& [limit, until] : state.warnings)
    add_word(record, "warn", limit);
  Commands commands;
  end_trips(commands, sender, *known);
  forget_people(commands, sender);
  const bool ends_that_of_allowance = std::any_of(
      state.trips.begin(), state.trips.end(),
      [](const auto& trip) { return trip.first.starts_with(SenderState::kAllowedTrip); });
  if (ends_that_of_allowance) forget_allowed(commands, sender.name, *known);
  add_event(commands, marker_,
            {.action = "release",
             .sender = sender.name,
             .by = who.by,
             .because = who.because,
             .record = record});
  const auto done = transact(executor_, commands, executor_.deadline());
  if (!done) return done.error();
  return state;
}

Result<std::pair<Allowance, SenderState>> GuardDesk::allow(const GuardedSender& sender,
                                                           std::uint64_t most,
                                                           std::chrono::seconds lasts,
                                                           const OnBehalf& who) {
  const auto known = read(sender.name);
  if (!known) return known.error();
  const auto milliseconds = std::chrono::milliseconds(lasts).count();
  Allowance allowance{.until = known->now + static_cast<RedisTime>(milliseconds),
                      .from = known->now,
                      .most = most,
                      .since = instant_text(known->now),
                      .by = std::string(who.by),
                      .because = std::string(who.because)};
  const std::string record = encode(allowance);
  Commands commands;
  end_trips(commands, sender, *known);
  forget_people(commands, sender);
  forget_allowed(commands, sender.name, *known);
  commands.add({"HSET", schema_.state(sender.name), SenderState::kAllowance, record});
  keep_until(commands, sender.name, allowance.until);
  add_event(commands, marker_,
            {.action = "allow",
             .sender = sender.name,
             .by = who.by,
             .because = who.because,
             .record = record});
  const auto done = transact(executor_, commands, executor_.deadline());
  if (!done) return done.error();
  return std::pair(std::move(allowance), known->state);
}

Result<bool> GuardDesk::end_allowance(const GuardedSender& sender, const OnBehalf& who) {
  const auto known = read(sender.name);
  if (!known) return known.error();
  if (!known->state.allowance) return false;
  Commands commands;
  commands.add({"HDEL", schema_.state(sender.name), SenderState::kAllowance});
  forget_allowed(commands, sender.name, *known);
  add_event(commands, marker_,
            {.action = "allow",
             .sender = sender.name,
             .by = who.by,
             .because = who.because,
             .record = "most=0"});
  const auto done = transact(executor_, commands, executor_.deadline());
  if (!done) return done.error();
  return true;
}

}  // namespace optout

#include "guard/guard_check.h"

#include "suppression/redis_transaction.h"

#include <algorithm>

namespace optout {
namespace {

using redis::Commands;
using redis::Reply;

constexpr std::string_view kPassedKept = "1000";  // about: MAXLEN ~

bool is_counted(const Limit& limit) noexcept {
  return limit.kind != LimitKind::recipients_per_message;
}

}  // namespace

GuardCheck::GuardCheck(Guard& guard, GuardedSender sender, GuardedMessage message, bool monitored)
    : guard_(guard),
      sender_(std::move(sender)),
      message_(std::move(message)),
      monitored_(monitored),
      limits_(sender_.limits) {}

void GuardCheck::ask(std::vector<Person> people, std::vector<Person> opted_out) {
  people_ = std::move(people);
  opted_out_ = std::move(opted_out);
  if (auto set = guard_.set_clock(); !set) {
    unset_clock_ = std::move(set).error();
    return;
  }
  stamp_ = guard_.clock().now();
  compose();
}

void GuardCheck::compose() {
  Commands& commands = companion_.commands;
  asked_time_ = guard_.clock().wants_to_ask();
  if (asked_time_) RedisClock::ask(commands);
  const GuardSchema& schema = guard_.schema();
  commands.add({"HGETALL", schema.state(sender_.name)});
  if (!people_.empty()) {
    const std::string passed = schema.passed(sender_.name);
    commands.add({"XADD", passed, "MAXLEN", "~", kPassedKept, "*", "relay", guard_.relay(), "id",
                  message_.id.empty() ? std::string_view("NOQUEUE") : message_.id});
    std::chrono::seconds longest(1);
    for (const Limit& limit : limits_)
      longest = std::max(longest, limit.window);
    commands.add({"EXPIRE", passed, std::to_string(longest.count())});
  }
  for (std::size_t i = 0; i < limits_.size(); ++i) {
    const Limit& limit = limits_[i];
    if (!is_counted(limit)) continue;
    if (limit.kind == LimitKind::opted_out) {
      counts_.push_back({.tally = addressed_tally(schema, sender_.name, limit),
                         .adds_people = true,
                         .adds_opted_out = true,
                         .limit = i});
      counts_.push_back({.tally = opted_out_tally(schema, sender_.name, limit),
                         .adds_opted_out = true,
                         .limit = i,
                         .is_opted_out = true});
      continue;
    }
    const bool same = limit.kind == LimitKind::same_message;
    if (people_.empty() || (same && !message_.print)) continue;
    if (same && limit.without_list_unsubscribe && message_.has_list_unsubscribe) continue;
    counts_.push_back({.tally = tally_for(schema, sender_.name, limit, message_.print),
                       .adds_people = true,
                       .limit = i});
  }
  for (Count& count : counts_) {
    if (count.adds_people) count.people = people_;
    if (count.adds_opted_out)
      count.people.insert(count.people.end(), opted_out_.begin(), opted_out_.end());
    ask_tally(commands, count.tally, count.people, stamp_);
  }
}

Result<std::vector<Reply>> GuardCheck::run(const Commands& commands) {
  auto replies =
      guard_.executor().run(commands, guard_.executor().deadline(), redis::Executor::Repeat::yes);
  if (!replies) return replies;
  if (auto error = first_error(*replies)) return *std::move(error);
  return replies;
}

void GuardCheck::ask_alone() {
  if (!unset_clock_ && !companion_.replies) companion_.replies = run(companion_.commands);
}

Result<Done> GuardCheck::read() {
  if (!read_) read_ = read_replies();
  return *read_;
}

Result<Done> GuardCheck::read_replies() {
  if (unset_clock_) return *unset_clock_;
  if (!companion_.replies) return Error{Fault::internal, "the guard was not asked"};
  if (!*companion_.replies) return companion_.replies->error();
  std::span<const Reply> replies(**companion_.replies);
  if (replies.size() != companion_.commands.count()) return wrong_shape("the guard's batch");
  if (asked_time_) {
    guard_.clock().read(replies.front());
    replies = replies.subspan(1);
  }
  const Reply& state = replies.front();
  if (state.is_error())
    return Error{redis::fault_of(state.text()), "redis: " + std::string(state.text())};
  for (std::size_t i = 0; i + 1 < state.size(); i += 2)
    state_.add(state[i].text(), state[i + 1].text(), now());
  replies = replies.subspan(1);
  if (!people_.empty()) {
    passed_entry_ = replies.front().is_error() ? "" : replies.front().text();
    replies = replies.subspan(2);
  }
  for (Count& count : counts_) {
    auto reading = read_tally(replies, count.tally, count.people);
    if (!reading) return std::move(reading).error();
    count.reading = *std::move(reading);
  }
  return Done{};
}

void GuardCheck::leave_out(std::span<const Person> opted_out) {
  if (opted_out.empty() || !read()) return;
  if (auto done = count_opted_out(opted_out); !done) read_ = std::move(done);
}

Result<Done> GuardCheck::count_opted_out(std::span<const Person> opted_out) {
  Commands commands;
  for (Count& count : counts_) {
    const bool shares = limits_[count.limit].kind == LimitKind::opted_out;
    if (!shares) ask_to_take_off(commands, count.tally, count.reading, opted_out, stamp_);
    if (count.is_opted_out) count.people.assign(opted_out.begin(), opted_out.end());
  }
  const std::size_t taken_off = commands.count();
  const auto added = [](const Count& count) {
    return count.is_opted_out ? std::span<const Person>(count.people) : std::span<const Person>();
  };
  for (const Count& count : counts_)
    ask_tally(commands, count.tally, added(count), stamp_);
  if (commands.empty()) return Done{};
  const auto replies = run(commands);
  if (!replies) return replies.error();
  std::span<const Reply> rest = std::span(*replies).subspan(taken_off);
  for (Count& count : counts_) {
    auto reading = read_tally(rest, count.tally, added(count));
    if (!reading) return std::move(reading).error();
    count.reading.people = reading->people;
  }
  return Done{};
}

LimitStanding GuardCheck::stand(std::size_t index) const {
  const Limit& limit = limits_[index];
  LimitStanding standing{.applies = limit.kind == LimitKind::recipients_per_message};
  const bool is_lifted_now = state_.allowance && is_lifted(limit) && index < sender_.limits.size();
  if (limit.kind == LimitKind::recipients_per_message) standing.people = people_.size();
  const auto add = [&](const Count& count) {
    if (count.limit != index) return;
    standing.applies = true;
    (count.is_opted_out ? standing.opted_out : standing.people) = count.reading.people;
  };
  std::for_each(counts_.begin(), counts_.end(), add);
  if (allowed_) add(*allowed_);
  standing.applies = standing.applies && !is_lifted_now;
  const std::string name = name_for(limit, message_.print);
  standing.tripped = state_.trips.contains(name);
  standing.warned = state_.warnings.contains(name);
  return standing;
}

// An allowance takes the place of limits: what was counted for those is undone, and the people are
// counted apart, so that they are no burden to the sender once it has ended.
Result<Done> GuardCheck::count_allowed() {
  const Allowance& allowance = *state_.allowance;
  Commands commands;
  for (const Count& count : counts_) {
    if (is_lifted(limits_[count.limit])) ask_to_undo(commands, count.tally, count.reading, stamp_);
  }
  const std::size_t undone = commands.count();
  limits_.push_back(limit_of(allowance, sender_.limits));
  allowed_ = Count{.tally = allowed_tally(guard_.schema(), sender_.name, allowance),
                   .adds_people = true,
                   .limit = limits_.size() - 1,
                   .people = people_};
  ask_tally(commands, allowed_->tally, allowed_->people, stamp_);
  const auto replies = run(commands);
  if (!replies) return replies.error();
  std::span<const Reply> rest = std::span(*replies).subspan(undone);
  auto reading = read_tally(rest, allowed_->tally, allowed_->people);
  if (!reading) return std::move(reading).error();
  allowed_->reading = *std::move(reading);
  return Done{};
}

Result<GuardVerdict> GuardCheck::answer() {
  if (auto done = read(); !done) return std::move(done).error();
  if (state_.allowance && !people_.empty()) {
    if (auto done = count_allowed(); !done) return std::move(done).error();
  }
  for (std::size_t i = 0; i < limits_.size(); ++i)
    standings_.push_back(stand(i));
  return judge_bulk(limits_, standings_, guard_.options().warn_at);
}

}  // namespace optout

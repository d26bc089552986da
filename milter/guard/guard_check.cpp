#include "guard/guard_check.h"

#include "guard/guard_batch.h"
#include "suppression/redis_transaction.h"

#include <algorithm>

namespace optout {

using redis::Commands;
using redis::Companion;
using redis::Reply;

namespace {

// A message may name somebody twice.
std::vector<Person> each_once(std::vector<Person> people) {
  std::sort(people.begin(), people.end());
  people.erase(std::unique(people.begin(), people.end()), people.end());
  return people;
}

}  // namespace

GuardCheck::GuardCheck(Guard& guard, GuardedSender sender, GuardedMessage message, bool monitored)
    : guard_(guard),
      sender_(std::move(sender)),
      message_(std::move(message)),
      monitored_(monitored),
      limits_(sender_.limits) {}

void GuardCheck::ask(std::vector<Person> people, std::vector<Person> opted_out) {
  was_asked_ = true;
  people_ = each_once(std::move(people));
  opted_out_ = each_once(std::move(opted_out));
  is_among_passed_ = !people_.empty();
  if (auto set = guard_.set_clock(); !set) {
    outcome_ = std::move(set);
    return;
  }
  stamp_ = guard_.clock().now();
  for (std::size_t i = 0; i < limits_.size(); ++i) {
    const Limit& limit = limits_[i];
    switch (limit.kind) {
      case LimitKind::opted_out:
        shares_.push_back({.limit = i, .share = share_for(guard_.schema(), sender_.name, limit)});
        continue;
      case LimitKind::recipients_per_message:
        continue;
      case LimitKind::same_message:
        if (!message_.print || (limit.without_list_unsubscribe && message_.has_list_unsubscribe))
          continue;
        break;
      case LimitKind::recipients:
        break;
    }
    if (people_.empty()) continue;
    counts_.push_back(
        {.limit = i, .tally = tally_for(guard_.schema(), sender_.name, limit, message_.print)});
  }
}

void GuardCheck::compose(std::span<Companion* const> all, Commands& commands) {
  GuardBatch(all).compose(commands);
}

void GuardCheck::take(std::span<Companion* const> all,
                      const Result<std::span<const Reply>>& replies) {
  GuardBatch(all).take(replies);
}

void GuardCheck::ask_alone() {
  if (!outcome_) guard_.ask(*this);
}

Result<std::vector<Reply>> GuardCheck::run(const Commands& commands) {
  auto replies =
      guard_.executor().run(commands, guard_.executor().deadline(), redis::Executor::Repeat::yes);
  if (!replies) return replies;
  if (auto error = first_error(*replies)) return *std::move(error);
  return replies;
}

void GuardCheck::leave_out(std::span<const Person> opted_out) {
  if (opted_out.empty() || !outcome_ || !*outcome_) return;
  if (auto done = count_opted_out(opted_out); !done) outcome_ = std::move(done);
}

// An exact tally was told of enough people only; some of these are taken off, and others take their
// place.
Result<Done> GuardCheck::count_opted_out(std::span<const Person> opted_out) {
  std::vector<Person> gone(opted_out.begin(), opted_out.end());
  std::sort(gone.begin(), gone.end());
  std::erase_if(
      people_, [&](Person person) { return std::binary_search(gone.begin(), gone.end(), person); });
  const Addition ours{.stamp = stamp_, .people = people_};
  const auto others = [&](const Count& count) {
    return count.tally.exact ? std::span<const Addition>(&ours, 1) : std::span<const Addition>();
  };
  Commands commands;
  for (const Count& count : counts_)
    ask_to_take_off(commands, count.tally, count.reading, opted_out);
  const std::size_t taken_off = commands.count();
  for (const Count& count : counts_)
    ask_tally(commands, count.tally, others(count), stamp_);
  for (const ShareCount& count : shares_)
    ask_share(commands, count.share, {}, opted_out);
  const auto replies = run(commands);
  if (!replies) return replies.error();
  std::span<const Reply> rest = std::span(*replies).subspan(taken_off);
  for (Count& count : counts_) {
    const auto reading = read_tally(rest, count.tally, others(count));
    if (!reading) return reading.error();
    count.reading.people = reading->front().people;
  }
  for (ShareCount& count : shares_) {
    const auto reading = read_share(rest, 0, opted_out.size());
    if (!reading) return reading.error();
    count.reading = *reading;
  }
  return Done{};
}

// An allowance takes the place of limits: what was counted for those is undone, and the people are
// counted apart, so that they are no burden to the sender once it has ended.
Result<Done> GuardCheck::count_allowed() {
  const Allowance& allowance = *state_.allowance;
  Commands commands;
  for (const Count& count : counts_)
    ask_to_undo(commands, count.tally, count.reading, stamp_);
  const std::size_t undone = commands.count();
  limits_.push_back(limit_of(allowance, sender_.limits));
  allowed_ = Count{.limit = limits_.size() - 1,
                   .tally = allowed_tally(guard_.schema(), sender_.name, allowance)};
  const Addition ours{.stamp = stamp_, .people = people_};
  ask_tally(commands, allowed_->tally, {&ours, 1}, stamp_);
  const auto replies = run(commands);
  if (!replies) return replies.error();
  std::span<const Reply> rest = std::span(*replies).subspan(undone);
  auto reading = read_tally(rest, allowed_->tally, {&ours, 1});
  if (!reading) return std::move(reading).error();
  allowed_->reading = std::move(reading->front());
  return Done{};
}

LimitStanding GuardCheck::stand(std::size_t index) const {
  const Limit& limit = limits_[index];
  LimitStanding standing{.applies = false};
  const auto is_its = [&](const auto& count) { return count.limit == index; };
  if (limit.kind == LimitKind::recipients_per_message) {
    standing = {.people = people_.size()};
  } else if (limit.kind == LimitKind::opted_out) {
    const auto share = std::find_if(shares_.begin(), shares_.end(), is_its);
    if (share != shares_.end())
      standing = {.people = share->reading.people, .opted_out = share->reading.opted_out};
  } else if (allowed_ && is_its(*allowed_)) {
    standing = {.people = allowed_->reading.people};
  } else if (const auto count = std::find_if(counts_.begin(), counts_.end(), is_its);
             count != counts_.end()) {
    standing = {.people = count->reading.people};
  }
  if (allowed_ && is_lifted(limit) && !is_its(*allowed_)) standing.applies = false;
  const std::string name = name_for(limit, message_.print);
  standing.tripped = state_.trips.contains(name);
  standing.warned = state_.warnings.contains(name);
  return standing;
}

Result<GuardVerdict> GuardCheck::answer() {
  if (!outcome_) return Error{Fault::internal, "the guard got no answer"};
  if (!*outcome_) return outcome_->error();
  if (state_.allowance && !people_.empty()) {
    if (auto done = count_allowed(); !done) return std::move(done).error();
  }
  for (std::size_t i = 0; i < limits_.size(); ++i)
    standings_.push_back(stand(i));
  return judge_bulk(limits_, standings_, guard_.options().warn_at);
}

}  // namespace optout

#include "guard/guard_check.h"

#include "guard/guard_batch.h"
#include "suppression/redis_transaction.h"

#include <algorithm>
#include <utility>

namespace optout {

using redis::Commands;
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
  if (auto set = guard_.set_clock(); !set) {
    outcome_ = std::move(set);
    return;
  }
  stamp_ = guard_.clock().now();
  for (std::size_t i = 0; i < limits_.size(); ++i) {
    if (limits_[i].kind == LimitKind::opted_out) {
      shares_.push_back({.limit = i,
                         .share = share_for(guard_.schema(), sender_.name, limits_[i],
                                            guard_.options().warn_at)});
    }
  }
  choose_counts(guard_.believed_allowance(sender_.name));
}

void GuardCheck::choose_counts(const std::optional<Allowance>& allowance) {
  allowance_ = allowance;
  limits_ = sender_.limits;
  counts_.clear();
  is_among_passed_ = !people_.empty();
  if (people_.empty()) return;
  const GuardSchema& schema = guard_.schema();
  if (allowance) {
    limits_.push_back(limit_of(*allowance, sender_.limits));
    counts_.push_back(
        {.limit = sender_.limits.size(), .tally = allowed_tally(schema, sender_.name, *allowance)});
    return;
  }
  for (std::size_t i = 0; i < limits_.size(); ++i) {
    const Limit& limit = limits_[i];
    const bool same = limit.kind == LimitKind::same_message;
    if (!same && limit.kind != LimitKind::recipients) continue;
    if (same && !message_.print) continue;
    if (same && limit.without_list_unsubscribe && message_.has_list_unsubscribe) continue;
    counts_.push_back({.limit = i,
                       .tally = tally_for(schema, sender_.name, limit, message_.print,
                                          guard_.options().warn_at)});
  }
}

void GuardCheck::compose(std::span<redis::Companion* const> all, Commands& commands) {
  GuardBatch(all).compose(commands);
}

void GuardCheck::take(std::span<redis::Companion* const> all,
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

Result<Done> GuardCheck::count_opted_out(std::span<const Person> all_opted_out) {
  const auto opted_out = enough_for_share(all_opted_out);
  Commands commands;
  undo(commands);
  const std::size_t undone = commands.count();
  std::vector<Person> gone(all_opted_out.begin(), all_opted_out.end());
  std::sort(gone.begin(), gone.end());
  std::erase_if(
      people_, [&](Person person) { return std::binary_search(gone.begin(), gone.end(), person); });
  for (const ShareCount& count : shares_)
    ask_share(commands, count.share, {}, opted_out, stamp_);
  const std::size_t shared = commands.count();
  choose_counts(allowance_);
  ask_to_count(commands);
  if (is_among_passed_) {  // of a list that is there no more, perhaps
    const std::string passed = guard_.schema().passed(sender_.name);
    commands.add({"LPUSH", passed, passed_name()});
    commands.add({"EXPIRE", passed, passed_lasts()});
  }
  const auto replies = run(commands);
  if (!replies) return replies.error();
  std::span<const Reply> shares = std::span(*replies).first(shared).subspan(undone);
  for (ShareCount& count : shares_) {
    auto reading = read_share(shares, count.share, {}, opted_out);
    if (!reading) return std::move(reading).error();
    count.reading = *std::move(reading);
  }
  return read_counts(std::span(*replies).subspan(shared));
}

void GuardCheck::ask_to_count(Commands& commands) const {
  const Addition ours{.stamp = stamp_, .people = people_};
  for (const Count& count : counts_)
    ask_tally(commands, count.tally, {&ours, 1}, stamp_);
}

Result<Done> GuardCheck::read_counts(std::span<const Reply> replies) {
  const Addition ours{.stamp = stamp_, .people = people_};
  for (Count& count : counts_) {
    auto reading = read_tally(replies, count.tally, {&ours, 1});
    if (!reading) return std::move(reading).error();
    count.reading = std::move(reading->of.front());
  }
  return Done{};
}

// An allowance takes the place of limits: its people are counted apart, so that they are no burden
// to the sender once it has ended. Whether there is one is known from the last message, mostly.
Result<Done> GuardCheck::count_anew() {
  Commands commands;
  for (const Count& count : counts_)
    ask_to_undo(commands, count.tally, count.reading, people_, stamp_);
  const std::size_t undone = commands.count();
  guard_.believe(sender_.name, state_.allowance);
  choose_counts(state_.allowance);
  ask_to_count(commands);
  const auto replies = run(commands);
  if (!replies) return replies.error();
  return read_counts(std::span(*replies).subspan(undone));
}

// Others may have been added since: then it is too many for all of us.
Result<Done> GuardCheck::count_closely() {
  Commands commands = std::exchange(mending_, {});
  const std::size_t mended = commands.count();
  for (const Count& count : counts_) {
    if (count.reading.is_doubtful) ask_tally(commands, count.tally, {}, stamp_);
  }
  for (const ShareCount& count : shares_) {
    if (count.reading.is_doubtful) ask_share(commands, count.share, {}, {}, stamp_);
  }
  if (commands.empty()) return Done{};
  const auto replies = run(commands);
  if (!replies) return replies.error();
  std::span<const Reply> rest = std::span(*replies).subspan(mended);
  for (Count& count : counts_) {
    if (!count.reading.is_doubtful) continue;
    const auto reading = read_tally(rest, count.tally, {});
    if (!reading) return reading.error();
    count.reading.people = reading->of.front().people;
  }
  for (ShareCount& count : shares_) {
    if (!count.reading.is_doubtful) continue;
    const auto reading = read_share(rest, count.share, {}, {});
    if (!reading) return reading.error();
    count.reading.people = reading->people;
    count.reading.opted_out = reading->opted_out;
  }
  return Done{};
}

// An allowance has a name of its own, lest it inherit the trip of a limit.
std::string GuardCheck::name_of(std::size_t index) const {
  if (index == sender_.limits.size()) return "allowed/" + std::to_string(allowance_->from);
  return name_for(limits_[index], message_.print);
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
  } else if (const auto count = std::find_if(counts_.begin(), counts_.end(), is_its);
             count != counts_.end()) {
    standing = {.people = count->reading.people};
  }
  if (allowance_ && index < sender_.limits.size()) standing.applies = false;
  const std::string name = name_of(index);
  standing.tripped = state_.trips.contains(name);
  standing.warned = state_.warnings.contains(name);
  return standing;
}

Result<GuardVerdict> GuardCheck::answer() {
  if (!outcome_) return Error{Fault::internal, "the guard got no answer"};
  if (!*outcome_) return outcome_->error();
  if (state_.allowance != allowance_ && !people_.empty()) {
    if (auto done = count_anew(); !done) return std::move(done).error();
  }
  if (auto done = count_closely(); !done) return std::move(done).error();
  for (std::size_t i = 0; i < limits_.size(); ++i)
    standings_.push_back(stand(i));
  return judge_bulk(limits_, standings_, guard_.options().warn_at);
}

}  // namespace optout

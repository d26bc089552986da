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

GuardCheck::GuardCheck(Guard& guard, std::shared_ptr<const SenderPlan> plan, GuardedMessage message,
                       bool monitored)
    : guard_(guard),
      plan_(std::move(plan)),
      message_(std::move(message)),
      monitored_(monitored),
      number_(guard.next_number()) {}

GuardCheck::~GuardCheck() = default;

void GuardCheck::ask(std::vector<Person> people, std::vector<Person> opted_out) {
  was_asked_ = true;
  people_ = each_once(std::move(people));
  opted_out_ = each_once(std::move(opted_out));
  if (auto set = guard_.set_clock(); !set) {
    outcome_ = std::move(set);
    return;
  }
  stamp_ = guard_.clock().now();
  choose_counts(guard_.believed_allowance(sender().name));
}

void GuardCheck::choose_counts(const std::optional<Allowance>& allowance) {
  allowance_ = allowance;
  allowed_.reset();
  counts_.clear();
  shares_.clear();
  message_key_.clear();
  message_state_ = {};
  is_among_passed_ = !people_.empty();
  for (std::size_t i = 0; i < plan_->limits.size() && !allowance; ++i) {
    if (const auto& share = plan_->limits[i].share)
      shares_.push_back({.limit = i, .share = &*share});
  }
  if (people_.empty()) return;
  const Limits& limits = limits_of_sender();
  const auto count_apart = [this](std::size_t limit, Tally tally) {
    counts_.push_back({.limit = limit, .tally = &tallies_.emplace_front(std::move(tally))});
  };
  if (allowance) {
    allowed_ = limit_of(*allowance, limits);
    return count_apart(limits.size(), allowed_tally(guard_.schema(), sender().name, *allowance));
  }
  counts_.reserve(limits.size());
  for (std::size_t i = 0; i < limits.size(); ++i) {
    const auto& tally = plan_->limits[i].tally;
    if (!tally) continue;
    if (limits[i].kind != LimitKind::same_message) {
      counts_.push_back({.limit = i, .tally = &*tally});
    } else if (message_.print &&
               !(limits[i].without_list_unsubscribe && message_.has_list_unsubscribe)) {
      count_apart(i, of_message(*tally, *message_.print));
      message_key_ = guard_.schema().message(sender().name, print_text(*message_.print));
    }
  }
}

void GuardCheck::compose(std::span<redis::Companion* const> all, Commands& commands) {
  batch_ = std::make_unique<GuardBatch>(all);
  batch_->compose(commands);
}

void GuardCheck::take(std::span<redis::Companion* const>,
                      const Result<std::span<const Reply>>& replies) {
  batch_->take(replies);
  batch_.reset();
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
  const std::vector<Person> gone = each_once({all_opted_out.begin(), all_opted_out.end()});
  const auto opted_out = enough_for_share({people_, gone}).opted_out;
  Commands commands;
  // In a large message others may come in their place: all of its people are counted anew.
  constexpr std::size_t kFew = 100;
  std::vector<Count*> anew;
  for (Count& count : counts_) {
    if (people_.size() <= kFew && counts_all(*count.tally, people_)) {
      ask_to_leave_out(commands, *count.tally, count.reading, people_, gone, stamp_);
    } else {
      ask_to_undo(commands, *count.tally, count.reading, people_, stamp_);
      anew.push_back(&count);
    }
  }
  opted_out_.insert(opted_out_.end(), gone.begin(), gone.end());
  opted_out_ = each_once(std::move(opted_out_));
  std::erase_if(
      people_, [&](Person person) { return std::binary_search(gone.begin(), gone.end(), person); });
  if (people_.empty()) {
    if (is_among_passed_) commands.add({"LREM", plan_->passed, "1", passed_name()});
    choose_counts(allowance_);  // none but shares
    anew.clear();
  }
  const std::size_t left_out = commands.count();
  for (ShareCount& count : shares_) {
    count.inquiry = inquiry_for(*count.share, guard_.beliefs().field(count.share->key), 0,
                                opted_out.size(), stamp_);
    ask_share(commands, *count.share, {}, opted_out, stamp_, count.inquiry);
  }
  const Addition ours{.stamp = stamp_, .people = people_};
  for (const Count* count : anew)
    ask_tally(commands, *count->tally, {&ours, 1}, stamp_);
  if (commands.empty()) return Done{};
  const auto replies = run(commands);
  if (!replies) return replies.error();
  std::span<const Reply> rest = std::span(*replies).subspan(left_out);
  for (ShareCount& count : shares_) {
    auto reading = read_share(rest, *count.share, {}, opted_out, count.inquiry);
    if (!reading) return std::move(reading).error();
    guard_.beliefs().believe(count.share->key, reading->belief);
    if (reading->has_no_beginning) begin_field(mending_, count.share->field(), stamp_);
    count.reading = *std::move(reading);
  }
  for (Count* const count : anew) {
    auto reading = read_tally(rest, *count->tally, {&ours, 1});
    if (!reading) return std::move(reading).error();
    count->reading = std::move(reading->of.front());
  }
  return Done{};
}

void GuardCheck::ask_to_count(Commands& commands) const {
  const Addition ours{.stamp = stamp_, .people = people_};
  for (const Count& count : counts_)
    ask_tally(commands, *count.tally, {&ours, 1}, stamp_);
  const auto [people, opted_out] = enough_for_share({people_, opted_out_});
  for (const ShareCount& count : shares_)
    ask_share(commands, *count.share, people, opted_out, stamp_);
}

Result<Done> GuardCheck::read_counts(std::span<const Reply> replies) {
  const Addition ours{.stamp = stamp_, .people = people_};
  for (Count& count : counts_) {
    auto reading = read_tally(replies, *count.tally, {&ours, 1});
    if (!reading) return std::move(reading).error();
    count.reading = std::move(reading->of.front());
  }
  const auto [people, opted_out] = enough_for_share({people_, opted_out_});
  for (ShareCount& count : shares_) {
    auto reading = read_share(replies, *count.share, people, opted_out);
    if (!reading) return std::move(reading).error();
    guard_.beliefs().believe(count.share->key, reading->belief);
    if (reading->has_no_beginning) begin_field(mending_, count.share->field(), stamp_);
    count.reading = *std::move(reading);
  }
  return Done{};
}

void GuardCheck::forget(Commands& commands, const Share& share) {
  commands.add({"DEL", share.key});
  guard_.beliefs().believe(share.key, std::optional<FieldBelief>());
}

// An allowance takes the place of limits: its people are counted apart, so that they are no burden
// to the sender once it has ended. Whether there is one is known from the last message, mostly. An
// estimate of a share knows no undoing: it begins anew.
Result<Done> GuardCheck::count_anew() {
  Commands commands;
  for (const Count& count : counts_)
    ask_to_undo(commands, *count.tally, count.reading, people_, stamp_);
  for (const ShareCount& count : shares_)
    forget(commands, *count.share);
  const std::size_t undone = commands.count();
  guard_.believe(sender().name, state_.allowance);
  choose_counts(state_.allowance);
  ask_to_count(commands);
  if (!message_key_.empty()) commands.add({"HGETALL", message_key_});
  if (commands.empty()) return Done{};
  const auto replies = run(commands);
  if (!replies) return replies.error();
  if (!message_key_.empty()) take_message_state(replies->back());
  return read_counts(std::span(*replies).subspan(undone));
}

void GuardCheck::take_message_state(const Reply& fields) {
  const RedisTime by_now = guard_.clock().now() / 1000;
  for (std::size_t i = 0; i + 1 < fields.size(); i += 2)
    message_state_.add(fields[i].text(), fields[i + 1].text(), by_now);
  if (!monitored_) message_state_.overrule_monitored();
}

// Others may have been added since: then it is too many for all of us.
Result<Done> GuardCheck::count_closely() {
  Commands commands = std::exchange(mending_, {});
  const std::size_t mended = commands.count();
  for (const Count& count : counts_) {
    if (count.reading.is_doubtful) ask_tally(commands, *count.tally, {}, stamp_);
  }
  for (const ShareCount& count : shares_) {
    if (count.reading.is_doubtful) ask_share(commands, *count.share, {}, {}, stamp_);
  }
  if (commands.empty()) return Done{};
  const auto replies = run(commands);
  if (!replies) return replies.error();
  std::span<const Reply> rest = std::span(*replies).subspan(mended);
  for (Count& count : counts_) {
    if (!count.reading.is_doubtful) continue;
    const auto reading = read_tally(rest, *count.tally, {});
    if (!reading) return reading.error();
    count.reading.people = reading->of.front().people;
  }
  for (ShareCount& count : shares_) {
    if (!count.reading.is_doubtful) continue;
    const auto reading = read_share(rest, *count.share, {}, {});
    if (!reading) return reading.error();
    count.reading.people = reading->people;
    count.reading.opted_out = reading->opted_out;
  }
  return Done{};
}

// An allowance has a name of its own, lest it inherit the trip of a limit.
std::string GuardCheck::name_of(std::size_t index) const {
  if (allows(index))
    return std::string(SenderState::kAllowedTrip) + std::to_string(allowance_->from);
  return name_for(limit(index), message_.print);
}

std::string GuardCheck::kept_as(std::size_t index) const {
  const bool is_apart = monitored_ && limit(index).kind == LimitKind::recipients_per_message;
  return (is_apart ? "monitored/" : "") + name_of(index);
}

LimitStanding GuardCheck::stand(std::size_t index) const {
  const LimitKind kind = limit(index).kind;
  LimitStanding standing{.applies = false};
  const auto is_its = [&](const auto& count) { return count.limit == index; };
  if (kind == LimitKind::recipients_per_message) {
    standing = {.people = people_.size()};
  } else if (kind == LimitKind::opted_out) {
    const auto share = std::find_if(shares_.begin(), shares_.end(), is_its);
    if (share != shares_.end())
      standing = {.people = share->reading.people, .opted_out = share->reading.opted_out};
  } else if (const auto count = std::find_if(counts_.begin(), counts_.end(), is_its);
             count != counts_.end()) {
    standing = {.people = count->reading.people};
  }
  if (allowance_ && !allows(index)) standing.applies = false;
  const SenderState& state = state_of(index);
  if (state.trips.empty() && state.warnings.empty()) return standing;
  const std::string name = kept_as(index);
  standing.tripped = state.trips.contains(name);
  standing.warned = state.warnings.contains(name);
  return standing;
}

Result<GuardVerdict> GuardCheck::answer() {
  if (!outcome_) return Error{Fault::internal, "the guard got no answer"};
  if (!*outcome_) return outcome_->error();
  if (state_.allowance != allowance_ && !(people_.empty() && opted_out_.empty())) {
    if (auto done = count_anew(); !done) return std::move(done).error();
  }
  if (auto done = count_closely(); !done) return std::move(done).error();
  Limits with_allowance;
  if (allowed_) {
    with_allowance = limits_of_sender();
    with_allowance.push_back(*allowed_);
  }
  const Limits& limits = allowed_ ? with_allowance : limits_of_sender();
  standings_.reserve(limits.size());
  for (std::size_t i = 0; i < limits.size(); ++i)
    standings_.push_back(stand(i));
  return judge_bulk(limits, standings_, guard_.options().warn_at);
}

}  // namespace optout

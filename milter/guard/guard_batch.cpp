#include "guard/guard_batch.h"

#include "guard/in_bulk.h"
#include "suppression/redis_transaction.h"

#include <algorithm>
#include <chrono>
#include <string>

namespace optout {
namespace {

using redis::Commands;
using redis::Companion;
using redis::Reply;

// The list is not cut with each message; and some of what is on it may be taken off again.
constexpr std::uint64_t kPassedAtMost = kPassedKept + kPassedKept / 2;
constexpr std::uint64_t kPassedCutTo = kPassedKept + kPassedKept / 4;

const std::string& key_of(const std::string& key) noexcept {
  return key;
}

template <typename What>
const std::string& key_of(const What& what) noexcept {
  return what.key;
}

template <typename Part, typename What>
Part& part_of(std::vector<Part>& parts, const What* Part::*what, const What& wanted) {
  const auto found = std::find_if(parts.begin(), parts.end(), [&](const Part& part) {
    return key_of(*(part.*what)) == key_of(wanted);
  });
  if (found != parts.end()) return *found;
  parts.emplace_back();
  parts.back().*what = &wanted;
  return parts.back();
}

}  // namespace

GuardBatch::GuardBatch(std::span<Companion* const> all) {
  for (Companion* each : all)
    add(static_cast<GuardCheck&>(*each));
}

void GuardBatch::add(GuardCheck& check) {
  if (check.outcome_) return;  // it could not be asked
  auto sender = std::find_if(senders_.begin(), senders_.end(), [&](const SenderOf& other) {
    const GuardCheck& first = *other.checks.front();
    return &first.guard_ == &check.guard_ && first.sender().name == check.sender().name;
  });
  if (sender == senders_.end()) sender = senders_.emplace(senders_.end());
  sender->checks.push_back(&check);
  if (!check.message_key_.empty()) {
    part_of(sender->messages, &MessageOf::key, check.message_key_).checks.push_back(&check);
  }
  sender->tallies.reserve(check.counts_.size());
  for (GuardCheck::Count& count : check.counts_) {
    TallyOf& tally = part_of(sender->tallies, &TallyOf::tally, *count.tally);
    tally.counts.push_back(&count);
    tally.additions.push_back({.stamp = check.stamp_, .people = check.people_});
  }
  for (GuardCheck::ShareCount& count : check.shares_) {
    ShareOf& share = part_of(sender->shares, &ShareOf::share, *count.share);
    share.counts.push_back(&count);
    const auto [people, opted_out] = enough_for_share({check.people_, check.opted_out_});
    share.people.insert(share.people.end(), people.begin(), people.end());
    share.opted_out.insert(share.opted_out.end(), opted_out.begin(), opted_out.end());
  }
}

std::size_t GuardBatch::people_of(const TallyOf& tally) noexcept {
  std::size_t people = 0;
  for (const Addition& addition : tally.additions)
    people += addition.people.size();
  return people;
}

bool GuardBatch::passes_any(const SenderOf& sender) noexcept {
  return std::any_of(sender.checks.begin(), sender.checks.end(),
                     [](const GuardCheck* check) { return check->is_among_passed_; });
}

void GuardBatch::compose(Commands& commands) {
  for (const SenderOf& sender : senders_) {
    const std::size_t before = commands.count();
    compose(sender, commands);
    sender.checks.front()->commands_ = commands.count() - before;
  }
}

void GuardBatch::compose(const SenderOf& sender, Commands& commands) {
  GuardCheck& first = *sender.checks.front();
  Guard& guard = first.guard_;
  first.asks_time_ = !guard.clock().is_fresh();
  if (first.asks_time_) RedisClock::ask(commands);
  if (passes_any(sender)) compose_passed(sender, commands);
  for (const TallyOf& each : sender.tallies) {
    FieldInquiry& inquiry = each.counts.front()->inquiry;
    inquiry = inquiry_for(*each.tally, guard.beliefs().field(each.tally->key), people_of(each),
                          first.stamp_);
    ask_tally(commands, *each.tally, each.additions, first.stamp_, inquiry);
  }
  for (const ShareOf& each : sender.shares) {
    FieldInquiry& inquiry = each.counts.front()->inquiry;
    inquiry = inquiry_for(*each.share, guard.beliefs().field(each.share->key), each.people.size(),
                          each.opted_out.size(), first.stamp_);
    ask_share(commands, *each.share, each.people, each.opted_out, first.stamp_, inquiry);
  }
  // Behind the counts: a trip that made somebody else begin one anew is seen then.
  commands.add({"HGETALL", first.plan_->state});
  for (const MessageOf& each : sender.messages)
    commands.add({"HGETALL", *each.key});
}

void GuardBatch::compose_passed(const SenderOf& sender, Commands& commands) {
  GuardCheck& first = *sender.checks.front();
  const std::string& passed = first.plan_->passed;
  const auto passes = [](const GuardCheck* check) { return check->is_among_passed_; };
  const auto names =
      static_cast<std::size_t>(std::count_if(sender.checks.begin(), sender.checks.end(), passes));
  commands.begin(2 + names).word("LPUSH").word(passed);
  for (const GuardCheck* check : sender.checks) {
    if (passes(check)) commands.word(check->passed_name());
  }
  const auto belief = first.guard_.beliefs().list(passed);
  first.keeps_passed_ =
      !belief || belief->length + names > kPassedAtMost ||
      first.stamp_ > belief->kept + static_cast<Stamp>(first.plan_->passed_kept_for.count());
  if (!first.keeps_passed_) return;
  commands.add({"LTRIM", passed, "0", std::to_string(kPassedCutTo - 1)});
  commands.add({"EXPIRE", passed, first.plan_->passed_lasts});
}

void GuardBatch::take(const Result<std::span<const Reply>>& replies) {
  std::span<const Reply> rest = replies ? *replies : std::span<const Reply>();
  for (SenderOf& sender : senders_) {
    // What one sender's replies cannot tell is nobody else's trouble.
    auto mine = rest.first(std::min(rest.size(), sender.checks.front()->commands_));
    rest = rest.subspan(mine.size());
    const Result<Done> outcome = replies ? take(sender, mine) : Result<Done>(replies.error());
    for (GuardCheck* check : sender.checks)
      check->outcome_ = outcome;
  }
}

Result<Done> GuardBatch::take(SenderOf& sender, std::span<const Reply>& replies) {
  GuardCheck& first = *sender.checks.front();
  Beliefs& beliefs = first.guard_.beliefs();
  if (first.asks_time_) {
    const auto time = take_reply(replies, "TIME");
    if (!time) return time.error();
    first.guard_.clock().read(**time);
  }
  if (passes_any(sender)) {
    if (auto done = take_passed(sender, replies); !done) return done;
  }
  for (const TallyOf& each : sender.tallies) {
    auto readings = read_tally(replies, *each.tally, each.additions, each.counts.front()->inquiry);
    if (!readings) return std::move(readings).error();
    if (!each.tally->exact) beliefs.believe(each.tally->key, readings->belief);
    if (readings->has_no_beginning) begin_field(first.mending_, each.tally->field(), first.stamp_);
    for (std::size_t i = 0; i < each.counts.size(); ++i)
      each.counts[i]->reading = std::move(readings->of[i]);
  }
  for (const ShareOf& each : sender.shares) {
    const auto reading =
        read_share(replies, *each.share, each.people, each.opted_out, each.counts.front()->inquiry);
    if (!reading) return reading.error();
    beliefs.believe(each.share->key, reading->belief);
    if (reading->has_no_beginning) begin_field(first.mending_, each.share->field(), first.stamp_);
    for (GuardCheck::ShareCount* count : each.counts)
      count->reading = *reading;
  }
  const auto state = take_reply(replies, "HGETALL");
  if (!state) return state.error();
  take_state(sender, **state);
  for (const MessageOf& each : sender.messages) {
    const auto own = take_reply(replies, "HGETALL");
    if (!own) return own.error();
    for (GuardCheck* check : each.checks)
      check->take_message_state(**own);
  }
  return Done{};
}

void GuardBatch::take_state(const SenderOf& sender, const Reply& fields) {
  const RedisTime now = sender.checks.front()->guard_.clock().now() / 1000;
  std::vector<std::string_view> strays;
  for (std::size_t i = 0; i + 1 < fields.size(); i += 2) {
    if (SenderState::is_of_message(fields[i].text())) {
      strays.push_back(fields[i].text());
      continue;
    }
    for (GuardCheck* check : sender.checks)
      check->state_.add(fields[i].text(), fields[i + 1].text(), now);
  }
  for (GuardCheck* check : sender.checks) {
    if (!check->monitored_) check->state_.overrule_monitored();
  }
  remove_strays(*sender.checks.front(), std::span<const std::string_view>(strays));
}

// What belongs to single messages is not kept here any more: whatever is to be stopped trips again.
void GuardBatch::remove_strays(GuardCheck& first, std::span<const std::string_view> strays) {
  add_in_bulk(first.mending_, "HDEL", first.plan_->state,
              strays.first(std::min(strays.size(), kAtOnce)));
}

Result<Done> GuardBatch::take_passed(const SenderOf& sender, std::span<const Reply>& replies) {
  GuardCheck& first = *sender.checks.front();
  const auto told = take_integer(replies, "LPUSH");
  if (!told) return told.error();
  const auto length = static_cast<std::uint64_t>(*told);
  for (const std::string_view command : {"LTRIM", "EXPIRE"}) {
    if (!first.keeps_passed_) break;
    if (auto done = take_reply(replies, command); !done) return std::move(done).error();
  }
  const std::string& passed = first.plan_->passed;
  auto belief = first.guard_.beliefs().list(passed);
  if (first.keeps_passed_) {
    belief = {.length = std::min(length, kPassedCutTo), .kept = first.stamp_};
  } else if (belief && length > sender.checks.size()) {
    belief->length = length;
  } else {
    // Somebody has taken the list away since it was kept: nobody has told this one when to expire.
    belief.reset();
    first.mending_.add({"EXPIRE", passed, first.plan_->passed_lasts});
  }
  first.guard_.beliefs().believe(passed, belief);
  return Done{};
}

}  // namespace optout

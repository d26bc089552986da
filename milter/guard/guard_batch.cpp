#include "guard/guard_batch.h"

#include "suppression/redis_transaction.h"

#include <algorithm>
#include <chrono>
#include <string>

namespace optout {
namespace {

using redis::Commands;
using redis::Companion;
using redis::Reply;

constexpr std::string_view kPassedKept = "999";  // index of the last one in the list

template <typename Part, typename What>
Part& part_of(std::vector<Part>& parts, const What* Part::*what, const What& wanted) {
  const auto found = std::find_if(parts.begin(), parts.end(), [&](const Part& part) {
    return (part.*what)->key == wanted.key;
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
    return &first.guard_ == &check.guard_ && first.sender_.name == check.sender_.name;
  });
  if (sender == senders_.end()) sender = senders_.emplace(senders_.end());
  sender->checks.push_back(&check);
  for (GuardCheck::Count& count : check.counts_) {
    TallyOf& tally = part_of(sender->tallies, &TallyOf::tally, count.tally);
    tally.counts.push_back(&count);
    tally.additions.push_back({.stamp = check.stamp_, .people = check.people_});
  }
  for (GuardCheck::ShareCount& count : check.shares_) {
    ShareOf& share = part_of(sender->shares, &ShareOf::share, count.share);
    share.counts.push_back(&count);
    share.people.insert(share.people.end(), check.people_.begin(), check.people_.end());
    share.opted_out.insert(share.opted_out.end(), check.opted_out_.begin(), check.opted_out_.end());
  }
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
  const GuardCheck& first = *sender.checks.front();
  const GuardSchema& schema = first.guard_.schema();
  RedisClock::ask(commands);
  commands.add({"HGETALL", schema.state(first.sender_.name)});
  if (passes_any(sender)) {
    const std::string passed = schema.passed(first.sender_.name);
    std::vector<std::string> names;
    for (const GuardCheck* check : sender.checks) {
      if (check->is_among_passed_) names.push_back(check->passed_name());
    }
    std::vector<std::string_view> argv{"LPUSH", passed};
    argv.insert(argv.end(), names.begin(), names.end());
    commands.add(argv);
    commands.add({"LTRIM", passed, "0", kPassedKept});
    std::chrono::seconds longest(1);
    for (const Limit& limit : first.sender_.limits)
      longest = std::max(longest, limit.window);
    commands.add({"EXPIRE", passed, std::to_string(longest.count())});
  }
  for (const TallyOf& each : sender.tallies)
    ask_tally(commands, *each.tally, each.additions, first.stamp_);
  for (const ShareOf& each : sender.shares)
    ask_share(commands, *each.share, each.people, each.opted_out);
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
  const GuardCheck& first = *sender.checks.front();
  const auto time = take_reply(replies, "TIME");
  if (!time) return time.error();
  first.guard_.clock().read(**time);
  const auto state = take_reply(replies, "HGETALL");
  if (!state) return state.error();
  const RedisTime now = first.guard_.clock().now() / 1000;
  for (std::size_t i = 0; i + 1 < (*state)->size(); i += 2) {
    const Reply field = (**state)[i];
    const Reply record = (**state)[i + 1];
    for (GuardCheck* check : sender.checks)
      check->state_.add(field.text(), record.text(), now);
  }
  for (GuardCheck* check : sender.checks) {
    if (!check->monitored_) check->state_.forget_monitored();
  }
  if (passes_any(sender)) {
    for (const std::string_view command : {"LPUSH", "LTRIM", "EXPIRE"}) {
      if (auto done = take_reply(replies, command); !done) return std::move(done).error();
    }
  }
  for (const TallyOf& each : sender.tallies) {
    auto readings = read_tally(replies, *each.tally, each.additions);
    if (!readings) return std::move(readings).error();
    for (std::size_t i = 0; i < each.counts.size(); ++i)
      each.counts[i]->reading = std::move((*readings)[i]);
  }
  for (const ShareOf& each : sender.shares) {
    const auto reading = read_share(replies, each.people.size(), each.opted_out.size());
    if (!reading) return reading.error();
    for (GuardCheck::ShareCount* count : each.counts)
      count->reading = *reading;
  }
  return Done{};
}

}  // namespace optout

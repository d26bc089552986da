#include "guard/guard.h"

#include "suppression/redis_transaction.h"
#include "util/glob.h"

#include <algorithm>

namespace optout {

Guard::Guard(std::shared_ptr<redis::Executor> executor, std::string prefix, GuardOptions options,
             std::string relay)
    : executor_(std::move(executor)),
      schema_(std::move(prefix)),
      options_(std::move(options)),
      relay_(std::move(relay)) {}

const Limits* Guard::limits_of(std::string_view identity,
                               const std::optional<OwnLimits>& of_stream) const noexcept {
  const auto some = [](bool off, const Limits& limits) {
    return off || limits.empty() ? nullptr : &limits;
  };
  if (options_.mode == GuardMode::off) return nullptr;
  if (of_stream) return some(of_stream->off, of_stream->limits);
  const auto own =
      std::find_if(options_.senders.begin(), options_.senders.end(),
                   [&](const SenderRule& rule) { return glob_matches(rule.who, identity); });
  if (own == options_.senders.end()) return some(false, options_.limits);
  return some(own->own.off, own->own.limits);
}

std::optional<GuardedSender> Guard::sender(std::string_view identity, std::string_view stream,
                                           const std::optional<OwnLimits>& of_stream) const {
  const Limits* const limits = limits_of(identity, of_stream);
  if (limits == nullptr) return std::nullopt;
  GuardedSender sender{.name = std::string(identity), .limits = *limits};
  if (of_stream) {
    sender.name.append(1, '/').append(stream);
    sender.stream = stream;
  }
  return sender;
}

std::shared_ptr<const SenderPlan> Guard::plan(GuardedSender sender) const {
  return std::make_shared<const SenderPlan>(schema_, std::move(sender), options_.warn_at);
}

std::shared_ptr<const SenderPlan> Guard::plan(std::string_view identity, std::string_view stream,
                                              const std::optional<OwnLimits>& of_stream) {
  if (limits_of(identity, of_stream) == nullptr) return nullptr;
  std::string of_both;
  std::string_view key = identity;
  if (of_stream) key = of_both.append(identity).append(1, '\0').append(stream);
  const std::scoped_lock lock(plans_mutex_);
  if (const auto known = plans_.find(key); known != plans_.end()) return known->second;
  constexpr std::size_t kMost = 10'000;
  if (plans_.size() >= kMost) plans_.clear();  // senders come and go
  return plans_.emplace(key, plan(*sender(identity, stream, of_stream))).first->second;
}

std::optional<Allowance> Guard::believed_allowance(const std::string& sender) const {
  if (!believes_) return std::nullopt;
  const std::scoped_lock lock(mutex_);
  const auto found = believed_.find(sender);
  return found == believed_.end() ? std::nullopt : std::optional(found->second);
}

void Guard::believe(const std::string& sender, const std::optional<Allowance>& allowance) {
  constexpr std::size_t kMost = 1000;
  const std::scoped_lock lock(mutex_);
  if (!allowance || believed_.size() >= kMost) believed_.erase(sender);
  if (allowance && believed_.size() < kMost) believed_.insert_or_assign(sender, *allowance);
  believes_ = !believed_.empty();
}

void Guard::ask(redis::Companion& question) {
  Waiting mine{.question = &question, .deadline = executor_->deadline()};
  combiner_.submit(mine, [this](std::span<Waiting* const> all) noexcept { ask_together(all); });
}

void Guard::ask_together(std::span<Waiting* const> waiting) noexcept {
  std::vector<redis::Companion*> questions;
  redis::Clock::time_point deadline = redis::Clock::time_point::min();
  try {
    for (const Waiting* each : waiting) {
      questions.push_back(each->question);
      deadline = std::max(deadline, each->deadline);
    }
    redis::Commands commands;
    questions.front()->compose(questions, commands);
    const auto replies = executor_->run(commands, deadline, redis::Executor::Repeat::yes);
    if (!replies) return questions.front()->take(questions, replies.error());
    questions.front()->take(questions, std::span<const redis::Reply>(*replies));
  } catch (const std::exception&) {
    // Out of memory: who got no answer cannot tell.
  }
}

Result<Done> Guard::set_clock() {
  if (clock_.is_set()) return Done{};
  redis::Commands commands;
  RedisClock::ask(commands);
  const auto replies =
      executor_->run(commands, executor_->deadline(), redis::Executor::Repeat::yes);
  if (!replies) return replies.error();
  if (auto error = first_error(*replies)) return *std::move(error);
  if (replies->size() != 1 || !clock_.read(replies->front())) return wrong_shape("TIME");
  return Done{};
}

}  // namespace optout

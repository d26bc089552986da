#include "metrics/waiting.h"

#include <algorithm>

namespace optout {

void Waiting::put_off(std::uint64_t what, Clock::time_point now) {
  const std::scoped_lock lock(mutex_);
  if (const auto found = waiting_.find(what); found != waiting_.end()) {
    found->second.last = now;
    return;
  }
  if (waiting_.size() >= kMost) forget_lost(now);
  if (waiting_.size() < kMost) waiting_.emplace(what, Times{.first = now, .last = now});
}

void Waiting::done(std::uint64_t what) {
  const std::scoped_lock lock(mutex_);
  waiting_.erase(what);
}

std::size_t Waiting::size(Clock::time_point now) {
  const std::scoped_lock lock(mutex_);
  forget_lost(now);
  return waiting_.size();
}

Waiting::Clock::duration Waiting::longest(Clock::time_point now) {
  const std::scoped_lock lock(mutex_);
  forget_lost(now);
  Clock::duration longest{0};
  for (const auto& [what, times] : waiting_)
    longest = std::max(longest, now - times.first);
  return longest;
}

void Waiting::forget_lost(Clock::time_point now) {
  std::erase_if(waiting_, [&](const auto& each) { return now - each.second.last > kLost; });
}

}  // namespace optout

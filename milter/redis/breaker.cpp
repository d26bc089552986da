#include "redis/breaker.h"

#include <algorithm>
#include <utility>

namespace optout::redis {

const Error* Breaker::pausing(Clock::time_point now) const noexcept {
  return outage_ && now < outage_->ask_again ? &outage_->last : nullptr;
}

bool Breaker::failed(Clock::time_point now, Error error) {
  const bool first = !outage_;
  const auto pause = first ? kFirstPause : std::min(outage_->pause * 2, kLongestPause);
  outage_ = Outage{first ? now : outage_->since, now + pause, pause, std::move(error)};
  return first;
}

std::optional<Clock::duration> Breaker::succeeded(Clock::time_point now) noexcept {
  if (!outage_) return std::nullopt;
  const auto lasted = now - outage_->since;
  outage_.reset();
  return lasted;
}

}  // namespace optout::redis

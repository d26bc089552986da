// A circuit breaker: after a failure nobody asks again until a pause has passed.
//
// So a dead Redis costs one deadline per pause, not one per caller, and a Redis that is just coming
// up is not knocked down by everybody asking at once. The pause starts short, as most failures are
// a restart, and doubles while failures go on; any success ends it.
//
// Knows nothing of clocks: time is passed in.
//
// Threads: one at a time.

#pragma once

#include "redis/deadline.h"
#include "util/result.h"

#include <chrono>
#include <optional>

namespace optout::redis {

class Breaker {
public:
  static constexpr std::chrono::milliseconds kFirstPause{50};
  static constexpr std::chrono::milliseconds kLongestPause{1000};

  // The last failure, while its pause lasts: do not ask now. Null: ask.
  const Error* pausing(Clock::time_point now) const noexcept;

  // Returns whether this is the first failure since the last success.
  bool failed(Clock::time_point now, Error error);

  // Returns for how long there had been failures, if there had been any.
  std::optional<Clock::duration> succeeded(Clock::time_point now) noexcept;

private:
  struct Outage {
    Clock::time_point since;
    Clock::time_point ask_again;
    std::chrono::milliseconds pause;
    Error last;
  };
  std::optional<Outage> outage_;
};

}  // namespace optout::redis

// Points in time by which something must have ended. Never durations: those start anew at every
// step.

#pragma once

#include <algorithm>
#include <chrono>
#include <climits>

namespace optout::redis {

using Clock = std::chrono::steady_clock;

// What poll(2) wants: whole milliseconds, rounded up so as not to spin through the last one; 0 if
// over.
inline int poll_timeout(Clock::time_point deadline) {
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now()).count();
  return static_cast<int>(std::clamp<decltype(left)>(left, 0, INT_MAX));
}

}  // namespace optout::redis

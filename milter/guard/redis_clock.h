// What time it is by the clock of Redis: the one clock that all relays share, whatever their own
// say.
//
// Redis is asked for it along with other questions; in between our own steady clock goes on from
// there, which nobody sets.
//
// Threads: any, without further locking.

#pragma once

#include "guard/tally.h"
#include "redis/commands.h"
#include "redis/deadline.h"
#include "redis/reply.h"

#include <atomic>
#include <chrono>
#include <cstdint>

namespace optout {

class RedisClock {
public:
  // Whether it was ever told the time.
  bool is_set() const noexcept { return set_.load(std::memory_order_acquire); }

  static void ask(redis::Commands& commands) { commands.add({"TIME"}); }
  // The reply to that. False where it tells no time.
  bool read(const redis::Reply& reply) noexcept;

  // Whether it need not be asked again yet.
  bool is_fresh() const noexcept;

  // REQUIRES: is_set().
  Stamp now() const noexcept;

private:
  std::atomic<std::int64_t> ahead_{0};  // of the steady clock, in microseconds
  std::atomic<std::int64_t> read_{0};   // when, by the steady clock
  std::atomic<bool> set_{false};
};

}  // namespace optout

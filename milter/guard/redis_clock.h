// What time it is by the clock of Redis: the one clock that all relays share, whatever their own
// say.
//
// Redis is asked for it now and then, along with other questions; in between our own steady clock
// goes on from there, which nobody sets.
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
  // Whether it was asked so long ago, or never, that it is time to ask again.
  bool wants_to_ask() const noexcept;
  // Whether it was ever told the time.
  bool is_set() const noexcept { return asked_.load(std::memory_order_acquire) != 0; }

  static void ask(redis::Commands& commands) { commands.add({"TIME"}); }
  // The reply to that. False where it tells no time.
  bool read(const redis::Reply& reply) noexcept;

  // REQUIRES: is_set(). Never the same twice.
  Stamp now() noexcept;

private:
  std::atomic<std::int64_t> ahead_{0};  // of the steady clock, in microseconds
  std::atomic<std::int64_t> asked_{0};  // by the steady clock; 0: never
  std::atomic<Stamp> last_{0};
};

}  // namespace optout

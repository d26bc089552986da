#include "guard/redis_clock.h"

#include "util/whole_number.h"

#include <algorithm>

namespace optout {
namespace {

std::int64_t steady() noexcept {
  const auto now = redis::Clock::now().time_since_epoch();
  return std::max<std::int64_t>(std::chrono::duration_cast<std::chrono::microseconds>(now).count(),
                                1);
}

}  // namespace

bool RedisClock::read(const redis::Reply& reply) noexcept {
  if (reply.size() != 2) return false;
  const auto seconds = whole_number<std::int64_t>(reply[0].text());
  const auto rest = whole_number<std::int64_t>(reply[1].text());
  if (!seconds || !rest || *seconds < 0 || *rest < 0) return false;
  const std::int64_t now = steady();
  ahead_.store(*seconds * 1'000'000 + *rest - now, std::memory_order_relaxed);
  read_.store(now, std::memory_order_relaxed);
  set_.store(true, std::memory_order_release);
  return true;
}

bool RedisClock::is_fresh() const noexcept {
  return is_set() && steady() - read_.load(std::memory_order_relaxed) < 1'000'000;
}

Stamp RedisClock::now() const noexcept {
  return static_cast<Stamp>(
      std::max<std::int64_t>(steady() + ahead_.load(std::memory_order_relaxed), 1));
}

}  // namespace optout

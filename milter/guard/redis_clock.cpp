#include "guard/redis_clock.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <string_view>

namespace optout {
namespace {

constexpr std::int64_t kAskAgain = 10'000'000;  // microseconds: two clocks drift a few in that time

std::int64_t steady() noexcept {
  const auto now = redis::Clock::now().time_since_epoch();
  return std::max<std::int64_t>(std::chrono::duration_cast<std::chrono::microseconds>(now).count(),
                                1);
}

std::optional<std::int64_t> number_in(std::string_view text) noexcept {
  std::int64_t number = 0;
  const char* const end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc{} || rest != end || number < 0) return std::nullopt;
  return number;
}

}  // namespace

bool RedisClock::wants_to_ask() const noexcept {
  const std::int64_t asked = asked_.load(std::memory_order_acquire);
  return asked == 0 || steady() - asked > kAskAgain;
}

bool RedisClock::read(const redis::Reply& reply) noexcept {
  if (reply.size() != 2) return false;
  const auto seconds = number_in(reply[0].text());
  const auto rest = number_in(reply[1].text());
  if (!seconds || !rest) return false;
  const std::int64_t now = steady();
  ahead_.store(*seconds * 1'000'000 + *rest - now, std::memory_order_relaxed);
  asked_.store(now, std::memory_order_release);
  return true;
}

Stamp RedisClock::now() noexcept {
  const auto time = static_cast<Stamp>(
      std::max<std::int64_t>(steady() + ahead_.load(std::memory_order_relaxed), 1));
  Stamp last = last_.load(std::memory_order_relaxed);
  Stamp next = 0;
  do {
    // A clock that was set back is followed; only the same moment twice is not.
    next = time == last || (last > time && last - time < 1000) ? last + 1 : time;
  } while (!last_.compare_exchange_weak(last, next, std::memory_order_relaxed));
  return next;
}

}  // namespace optout

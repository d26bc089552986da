#include "guard/redis_clock.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <string_view>

namespace optout {
namespace {

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

bool RedisClock::read(const redis::Reply& reply) noexcept {
  if (reply.size() != 2) return false;
  const auto seconds = number_in(reply[0].text());
  const auto rest = number_in(reply[1].text());
  if (!seconds || !rest) return false;
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

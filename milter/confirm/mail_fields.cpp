#include "confirm/mail_fields.h"

#include <fmt/format.h>

#include <array>
#include <cstdint>
#include <random>

namespace optout {

std::string mail_field(std::string_view name, std::string_view value) {
  const bool fits = name.size() + 2 + value.size() <= kLongestMailLine;
  return fmt::format("{}:{} {}\r\n", name, fits ? "" : "\r\n", value);
}

std::string mail_date(std::chrono::sys_seconds now) {
  constexpr std::array kDays{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  constexpr std::array kMonths{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                               "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const auto day = std::chrono::floor<std::chrono::days>(now);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss time(now - day);
  return fmt::format("{}, {:02} {} {:04} {:02}:{:02}:{:02} +0000",
                     kDays.at(std::chrono::weekday(day).c_encoding()), unsigned{date.day()},
                     kMonths.at(unsigned{date.month()} - 1), int{date.year()}, time.hours().count(),
                     time.minutes().count(), time.seconds().count());
}

std::string unique_text() {
  std::random_device random;
  const auto number = [&] { return (std::uint64_t{random()} << 32U) | random(); };
  return fmt::format("{:016x}{:016x}", number(), number());
}

}  // namespace optout

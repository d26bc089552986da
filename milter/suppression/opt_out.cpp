#include "suppression/opt_out.h"

#include "util/whole_number.h"

#include <fmt/format.h>

#include <array>
#include <utility>

namespace optout {
namespace {

using std::chrono::days;
using std::chrono::sys_days;
using std::chrono::year_month_day;

constexpr std::array<std::pair<Source, std::string_view>, 8> kSources{{
    {Source::one_click, "one_click"},
    {Source::reply, "reply"},
    {Source::page, "page"},
    {Source::complaint, "complaint"},
    {Source::bounce, "bounce"},
    {Source::import, "import"},
    {Source::admin, "admin"},
    {Source::external, "external"},
}};

// Reads exactly `digits` digits and what must follow them.
bool take(std::string_view& text, std::size_t digits, std::string_view after, unsigned& value) {
  const auto number = whole_number<unsigned>(text.substr(0, digits));
  if (!number || text.size() < digits) return false;
  value = *number;
  text.remove_prefix(digits);
  if (!text.starts_with(after)) return false;
  text.remove_prefix(after.size());
  return true;
}

}  // namespace

std::string_view to_string(Source source) noexcept {
  for (const auto& [value, word] : kSources) {
    if (value == source) return word;
  }
  return "external";
}

std::optional<Source> parse_source(std::string_view word) noexcept {
  for (const auto& [value, name] : kSources) {
    if (name == word) return value;
  }
  return std::nullopt;
}

std::string to_string(Instant instant) {
  const sys_days day = std::chrono::floor<days>(instant);
  const year_month_day date{day};
  const std::chrono::hh_mm_ss time{instant - day};
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                     time.hours().count(), time.minutes().count(), time.seconds().count());
}

std::optional<Instant> parse_instant(std::string_view text) noexcept {
  unsigned year = 0;
  unsigned month = 0;
  unsigned day = 0;
  if (!take(text, 4, "-", year) || !take(text, 2, "-", month) || !take(text, 2, "", day)) return {};
  const year_month_day date{std::chrono::year{static_cast<int>(year)}, std::chrono::month{month},
                            std::chrono::day{day}};
  if (!date.ok()) return {};
  if (text.empty()) return sys_days{date};
  unsigned hour = 0;
  unsigned minute = 0;
  unsigned second = 0;
  if (!text.starts_with("T")) return {};
  text.remove_prefix(1);
  if (!take(text, 2, ":", hour) || !take(text, 2, ":", minute) || !take(text, 2, "Z", second))
    return {};
  if (!text.empty() || hour > 23 || minute > 59 || second > 60) return {};
  return sys_days{date} + std::chrono::hours{hour} + std::chrono::minutes{minute} +
         std::chrono::seconds{second};
}

}  // namespace optout

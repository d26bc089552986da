#include "traffic/mail_time.h"

#include "suppression/opt_out.h"
#include "util/day.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <ctime>

namespace optout {
namespace {

using std::chrono::milliseconds;

bool is_digit(char c) noexcept {
  return c >= '0' && c <= '9';
}

// The number that the first `digits` octets of `text` are, which are taken off.
std::optional<int> take_number(std::string_view& text, std::size_t digits) noexcept {
  if (text.size() < digits || !std::all_of(text.begin(), text.begin() + digits, is_digit))
    return std::nullopt;
  int number = 0;
  std::from_chars(text.data(), text.data() + digits, number);
  text.remove_prefix(digits);
  return number;
}

bool take(std::string_view& text, char c) noexcept {
  if (!text.starts_with(c)) return false;
  text.remove_prefix(1);
  return true;
}

// ".123456", or nothing; nullopt where a dot stands alone.
std::optional<milliseconds> take_fraction(std::string_view& text) noexcept {
  if (!take(text, '.')) return milliseconds(0);
  int result = 0;
  int worth = 100;
  std::size_t digits = 0;
  for (; digits < text.size() && is_digit(text[digits]); ++digits, worth /= 10)
    result += (text[digits] - '0') * worth;
  text.remove_prefix(digits);
  if (digits == 0) return std::nullopt;
  return milliseconds(result);
}

// "09:50:00"; the second may be a leap second.
std::optional<std::chrono::seconds> take_clock(std::string_view& text) noexcept {
  const auto hour = take_number(text, 2);
  if (!hour || !take(text, ':')) return std::nullopt;
  const auto minute = take_number(text, 2);
  if (!minute || !take(text, ':')) return std::nullopt;
  const auto second = take_number(text, 2);
  if (!second || *hour > 23 || *minute > 59 || *second > 60) return std::nullopt;
  return std::chrono::hours(*hour) + std::chrono::minutes(*minute) + std::chrono::seconds(*second);
}

// "Z", "+01:00", "-0500", or nothing at all.
std::optional<std::chrono::minutes> take_zone(std::string_view& text) noexcept {
  if (text.empty() || take(text, 'Z') || take(text, 'z')) return std::chrono::minutes(0);
  const bool west = text.front() == '-';
  if (!west && text.front() != '+') return std::nullopt;
  text.remove_prefix(1);
  const auto hours = take_number(text, 2);
  take(text, ':');
  const auto minutes = take_number(text, 2);
  if (!hours || !minutes || *hours > 23 || *minutes > 59) return std::nullopt;
  return std::chrono::minutes((west ? -1 : 1) * (*hours * 60 + *minutes));
}

std::optional<MailTime> since_1970(std::string_view text) noexcept {
  constexpr std::int64_t kLatest = 253'402'300'799;  // the end of the year 9999
  std::int64_t seconds = 0;
  const char* const end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, seconds);
  if (error != std::errc{} || seconds < 0 || seconds > kLatest) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(rest - text.data()));
  const auto fraction = take_fraction(text);
  if (!fraction || !text.empty()) return std::nullopt;
  return MailTime(std::chrono::seconds(seconds) + *fraction);
}

MailTime in_this_zone(const SyslogTime::Hour& hour) {
  std::tm local{};
  local.tm_year = hour.year - 1900;
  local.tm_mon = static_cast<int>(hour.month) - 1;
  local.tm_mday = hour.day;
  local.tm_hour = static_cast<int>(hour.hour.count());
  local.tm_isdst = -1;
  return MailTime(std::chrono::seconds(std::mktime(&local)));
}

}  // namespace

std::optional<MailTime> parse_mail_time(std::string_view text) noexcept {
  constexpr std::size_t kDay = sizeof("2026-11-22") - 1;
  if (text.size() <= kDay || text[4] != '-') return since_1970(text);
  const auto day = parse_day(text.substr(0, kDay));
  text.remove_prefix(kDay);
  if (!day || !(take(text, 'T') || take(text, 't') || take(text, ' '))) return std::nullopt;
  const auto clock = take_clock(text);
  const auto fraction = clock ? take_fraction(text) : std::nullopt;
  if (!fraction) return std::nullopt;
  const auto zone = take_zone(text);
  if (!zone || !text.empty()) return std::nullopt;
  return MailTime(*day) + *clock + *fraction - *zone;
}

std::optional<MailTime> SyslogTime::parse(std::string_view text) {
  constexpr std::array<std::string_view, 12> kMonths{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                     "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const auto* const name = std::find(kMonths.begin(), kMonths.end(), text.substr(0, 3));
  if (name == kMonths.end() || text.size() != sizeof("Nov 22 09:50:00") - 1 || text[3] != ' ')
    return std::nullopt;
  const auto month = static_cast<unsigned>(name - kMonths.begin()) + 1;
  text.remove_prefix(4);
  const auto day = take(text, ' ') ? take_number(text, 1) : take_number(text, 2);
  if (!day || *day < 1 || *day > 31 || !take(text, ' ')) return std::nullopt;
  const auto clock = take_clock(text);
  if (!clock || !text.empty()) return std::nullopt;

  // Time zones are looked up once an hour: that takes longer than all the rest.
  const auto in_year = [&](int year) {
    const Hour hour{.year = year,
                    .month = month,
                    .day = *day,
                    .hour = std::chrono::floor<std::chrono::hours>(*clock)};
    if (!last_hour_ || last_hour_->first != hour) last_hour_ = {hour, in_this_zone(hour)};
    return last_hour_->second + (*clock - hour.hour);
  };
  if (year_) {
    if (last_month_ == 12 && month == 1) ++*year_;
    if (last_month_ == 1 && month == 12) --*year_;  // a few lines out of order
    last_month_ = month;
    return in_year(*year_);
  }
  const std::chrono::year_month_day today(std::chrono::floor<std::chrono::days>(now_));
  const auto year = static_cast<int>(today.year());
  const MailTime time = in_year(year);
  return time > now_ + std::chrono::days(1) ? in_year(year - 1) : time;
}

std::string to_string(MailTime time) {
  return to_string(std::chrono::floor<std::chrono::seconds>(time));
}

}  // namespace optout

#include "config/types.h"

#include "config/complaint.h"
#include "util/whole_number.h"

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>

namespace optout {
namespace {

using std::chrono::milliseconds;

struct Unit {
  std::string_view name;
  std::int64_t in_milliseconds;
};
constexpr std::array<Unit, 4> kUnits{{{"ms", 1}, {"s", 1000}, {"m", 60'000}, {"h", 3'600'000}}};

std::string print_duration(milliseconds duration) {
  const std::int64_t count = duration.count();
  if (count >= 1000 && count % 1000 == 0) return fmt::format("{}s", count / 1000);
  return fmt::format("{}ms", count);
}

Parsed<milliseconds> parse_duration(std::string_view text) {
  constexpr std::int64_t kMost = 1'000'000'000;  // far above any limit, far below overflow
  std::int64_t number = 0;
  const char* const end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, number);
  const Problem not_a_duration{
      fmt::format("{} is not a duration (write 250ms or 2s)", in_quotes(text))};
  if (error == std::errc::result_out_of_range) return Problem{in_quotes(text) + " is too long"};
  if (error != std::errc{} || number < 0) return not_a_duration;
  const std::string_view unit(rest, static_cast<std::size_t>(end - rest));
  if (unit.empty()) {
    return Problem{
        fmt::format("{} has no unit (write {}ms or {}s)", in_quotes(text), number, number)};
  }
  for (const auto& [name, factor] : kUnits) {
    if (unit == name) return milliseconds(std::min(number, kMost) * factor);
  }
  return not_a_duration;
}

bool is_plain_yaml(std::string_view text) {
  constexpr std::array<std::string_view, 4> kNulls = {"~", "null", "Null", "NULL"};
  if (text.empty() || std::find(kNulls.begin(), kNulls.end(), text) != kNulls.end()) return false;
  const auto is_alnum = [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
  };
  if (!is_alnum(text.front()) && text.front() != '/') return false;
  if (text.back() == ':') return false;
  return std::all_of(text.begin(), text.end(), [&](char c) {
    return is_alnum(c) || std::string_view("._-/@:+=").find(c) != std::string_view::npos;
  });
}

}  // namespace

std::string yaml_scalar(std::string_view text) {
  if (is_plain_yaml(text)) return std::string(text);
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    const auto octet = static_cast<unsigned char>(c);
    if (octet < 0x20 || octet == 0x7F) {
      out += fmt::format("\\x{:02x}", octet);
    } else {
      out += c;
    }
  }
  return out + '"';
}

Type<std::string> text_type(std::function<std::string(std::string_view)> check) {
  const auto parse = [check = std::move(check)](std::string_view text) -> Parsed<std::string> {
    if (std::string problem = check(text); !problem.empty()) return Problem{std::move(problem)};
    return std::string(text);
  };
  return {parse, [](const std::string& text) { return yaml_scalar(text); }};
}

Type<std::string> path_type() {
  return text_type([](std::string_view text) -> std::string {
    if (text.empty() || text.front() == '/') return {};
    return fmt::format("{} is not a whole path (it must begin with /)", in_quotes(text));
  });
}

Type<milliseconds> duration_type(milliseconds least, milliseconds most) {
  const auto parse = [least, most](std::string_view text) -> Parsed<milliseconds> {
    Parsed<milliseconds> parsed = parse_duration(text);
    const auto* duration = std::get_if<milliseconds>(&parsed);
    if (duration && (*duration < least || *duration > most)) {
      return Problem{fmt::format("{} is out of range ({} to {})", in_quotes(text),
                                 print_duration(least), print_duration(most))};
    }
    return parsed;
  };
  return {parse, print_duration};
}

Type<unsigned> mode_type() {
  const auto parse = [](std::string_view text) -> Parsed<unsigned> {
    constexpr unsigned kAllBits = 0777;
    constexpr unsigned kWrite = 0222;
    const auto mode = whole_number<unsigned>(text, 8);
    if (!mode || text.size() < 3 || *mode > kAllBits) {
      return Problem{
          fmt::format("{} is not a file mode (write it in octal, such as 0660)", in_quotes(text))};
    }
    if ((*mode & kWrite) == 0)
      return Problem{"nobody may connect (connecting needs write permission)"};
    return *mode;
  };
  return {parse, [](const unsigned& mode) { return fmt::format("{:04o}", mode); }};
}

Problem not_one_of(std::string_view text, const std::vector<std::string_view>& words,
                   const std::vector<std::string_view>& later) {
  const std::string choices = fmt::format("{}", fmt::join(words, ", "));
  if (std::find(later.begin(), later.end(), text) != later.end()) {
    return {fmt::format("{} is not in this version (write one of: {})", text, choices)};
  }
  if (const auto meant = nearest(text, words); !meant.empty()) {
    return {fmt::format("{} is none of {} (did you mean {}?)", in_quotes(text), choices, meant)};
  }
  return {fmt::format("{} is none of {}", in_quotes(text), choices)};
}

}  // namespace optout

#include "config/limit_amount.h"

#include "address/ascii.h"
#include "config/complaint.h"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace optout {
namespace {

using namespace std::chrono_literals;
using std::chrono::seconds;

constexpr std::uint64_t kMostPeople = 10'000'000;
constexpr seconds kShortestWindow = 1min;
constexpr seconds kLongestWindow = 31 * 24h;

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

bool is_letter(char c) {
  return ascii::lower(c) >= 'a' && ascii::lower(c) <= 'z';
}

// Numbers, words, and single octets of anything else but white space.
std::vector<std::string_view> split(std::string_view text) {
  std::vector<std::string_view> parts;
  for (std::size_t at = 0; at < text.size();) {
    const auto is_same = is_digit(text[at]) ? is_digit : is_letter;
    std::size_t end = at + 1;
    if (is_same(text[at])) {
      while (end < text.size() && is_same(text[end]))
        ++end;
    }
    if (text[at] != ' ') parts.push_back(text.substr(at, end - at));
    at = end;
  }
  return parts;
}

// A unit as it is written, singular or plural; nothing if it is none.
std::optional<seconds> unit_of_time(std::string_view word) {
  constexpr std::array<std::pair<std::string_view, seconds>, 12> kUnits{{{"s", 1s},
                                                                         {"sec", 1s},
                                                                         {"second", 1s},
                                                                         {"m", 1min},
                                                                         {"min", 1min},
                                                                         {"minute", 1min},
                                                                         {"h", 1h},
                                                                         {"hour", 1h},
                                                                         {"d", 24h},
                                                                         {"day", 24h},
                                                                         {"w", 7 * 24h},
                                                                         {"week", 7 * 24h}}};
  for (const auto& [name, length] : kUnits) {
    const bool is_plural =
        name.size() > 1 && word.ends_with('s') && name == word.substr(0, word.size() - 1);
    if (word == name || is_plural) return length;
  }
  return std::nullopt;
}

class AmountReader {
public:
  AmountReader(LimitKind kind, std::string_view text)
      : kind_(kind), text_(text), parts_(split(text)) {}

  Parsed<LimitAmount> read() {
    const bool has_share = kind_ == LimitKind::opted_out;
    const bool has_window = kind_ != LimitKind::recipients_per_message;
    const bool good =
        (!has_share || read_share()) && read_most() && (!has_window || read_window()) && read_end();
    if (!good) return *problem_;
    return amount_;
  }

private:
  // Each returns whether it is good, or else leaves a problem.
  bool read_share() {
    const auto percent = take_number();
    if (!percent) return false;
    if (!take("%")) return fail_unlike_example();
    if (*percent < 1 || *percent > 100)
      return fail(fmt::format(": {}% is out of range (1% to 100%)", *percent));
    amount_.percent = static_cast<unsigned>(*percent);
    if (take("of") && take("at") && take("least")) return true;
    return fail(fmt::format(
        " lacks the number of recipients from which on a share counts (write {}% of at least 50 "
        "per 1h)",
        *percent));
  }

  bool read_most() {
    const auto most = take_number();
    if (!most) return false;
    const std::uint64_t most_of_all =
        kind_ == LimitKind::same_message ? kMostOfSameMessage : kMostPeople;
    if (*most < 1 || *most > most_of_all)
      return fail(fmt::format(": {} is out of range (1 to {})", as_written_, most_of_all));
    amount_.most = *most;
    return true;
  }

  bool read_window() {
    if (at_ == parts_.size()) return fail(fmt::format(" has no window (write {} per 1h)", text_));
    if (!take("per") && !take("in") && !take("/")) return fail_unlike_example();
    std::uint64_t count = 1;  // "per hour"
    if (next_is_number()) {
      const auto number = take_number();
      if (!number) return false;
      count = *number;
      if (at_ == parts_.size()) {
        return fail(
            fmt::format(": the window has no unit (write {0}m, {0}h or {0}d)", as_written_));
      }
    }
    if (at_ == parts_.size()) return fail_unlike_example();
    const std::string_view word = parts_[at_++];
    const auto unit = unit_of_time(word);
    if (!unit) {
      return fail(fmt::format(": {} is no unit of time (write m, h or d, as in {})",
                              in_quotes(word), example_amount(kind_)));
    }
    const bool is_huge = count > static_cast<std::uint64_t>(kLongestWindow.count());
    amount_.window = is_huge ? seconds::max() : *unit * static_cast<seconds::rep>(count);
    if (amount_.window >= kShortestWindow && amount_.window <= kLongestWindow) return true;
    return fail(fmt::format(": the window is out of range ({} to {})", window_text(kShortestWindow),
                            window_text(kLongestWindow)));
  }

  bool read_end() {
    if (at_ == parts_.size()) return true;
    if (kind_ != LimitKind::recipients_per_message) return fail_unlike_example();
    return fail(fmt::format(": a limit for each message has no window (write {})", amount_.most));
  }

  bool next_is_number() const { return at_ < parts_.size() && is_digit(parts_[at_].front()); }

  bool take(std::string_view part) {
    if (at_ == parts_.size() || parts_[at_] != part) return false;
    ++at_;
    return true;
  }

  // Too large a number is the largest there is, and so out of any range.
  std::optional<std::uint64_t> take_number() {
    if (!next_is_number()) {
      fail_unlike_example();
      return std::nullopt;
    }
    as_written_ = std::string(parts_[at_++]);
    bool is_grouped = false;
    while (joins_next_number()) {
      is_grouped = true;
      at_ += is_digit(parts_[at_].front()) ? 0 : 1;
      as_written_ += parts_[at_++];
    }
    if (is_grouped) {
      fail(fmt::format(": a number has nothing but digits (write {})", as_written_));
      return std::nullopt;
    }
    std::uint64_t number = 0;
    const char* const end = as_written_.data() + as_written_.size();
    const auto [rest, error] = std::from_chars(as_written_.data(), end, number);
    return error == std::errc::result_out_of_range ? UINT64_MAX : number;
  }

  // "5_000", "5,000", "5'000" and "5 000".
  bool joins_next_number() const {
    if (next_is_number()) return true;
    return at_ + 1 < parts_.size() &&
           std::string_view("_,'").find(parts_[at_]) != std::string::npos &&
           is_digit(parts_[at_ + 1].front());
  }

  // `problem` goes on behind the text in quotes.
  bool fail(std::string_view problem) {
    problem_ = Problem{fmt::format("{}{}", in_quotes(text_), problem)};
    return false;
  }

  bool fail_unlike_example() {
    return fail(fmt::format(" is not understood (write it as in {})", example_amount(kind_)));
  }

  const LimitKind kind_;
  const std::string_view text_;
  const std::vector<std::string_view> parts_;
  std::size_t at_ = 0;
  std::string as_written_;  // the number taken last
  LimitAmount amount_;
  std::optional<Problem> problem_;
};

}  // namespace

std::string_view example_amount(LimitKind kind) noexcept {
  switch (kind) {
    case LimitKind::recipients:
    case LimitKind::same_message:
      break;
    case LimitKind::recipients_per_message:
      return "100";
    case LimitKind::opted_out:
      return "20% of at least 50 per 1h";
  }
  return "500 per 1h";
}

Type<LimitAmount> limit_amount_type(LimitKind kind) {
  const auto parse = [kind](std::string_view text) { return AmountReader(kind, text).read(); };
  const auto print = [kind](const LimitAmount& amount) {
    Limit limit;
    limit.kind = kind;
    limit.most = amount.most;
    limit.percent = amount.percent;
    limit.window = amount.window;
    return amount_text(limit);
  };
  return {parse, print};
}

}  // namespace optout

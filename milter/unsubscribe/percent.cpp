#include "unsubscribe/percent.h"

#include "address/ascii.h"

#include <algorithm>

namespace optout {
namespace {

constexpr auto kUnreserved = ascii::table_of("-._~");

// Negative for none.
int digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  const char letter = ascii::lower(c);
  return letter >= 'a' && letter <= 'f' ? letter - 'a' + 10 : -1;
}

constexpr std::size_t kEscaped = 3;  // the percent sign and its digits

// What stands for an octet at the beginning of `text`; negative where the digits are missing.
int escaped_octet(std::string_view text) {
  if (text.size() < kEscaped) return -1;
  const int high = digit(text[1]);
  const int low = digit(text[2]);
  return high < 0 || low < 0 ? -1 : high * 16 + low;
}

}  // namespace

std::string percent_encoded(std::string_view text, std::string_view kept) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string result;
  result.reserve(text.size());
  const auto is_kept = [kept](char c) {
    return kUnreserved[static_cast<unsigned char>(c)] != 0 || kept.find(c) != kept.npos;
  };
  for (auto at = text.begin();;) {
    const auto end = std::find_if_not(at, text.end(), is_kept);
    result.append(at, end);
    if (end == text.end()) return result;
    const auto octet = static_cast<unsigned char>(*end);
    result.append(1, '%').append(1, kDigits[octet >> 4]).append(1, kDigits[octet & 15]);
    at = end + 1;
  }
}

std::optional<std::string> hex_decoded(std::string_view text, char escape) {
  std::string result;
  result.reserve(text.size());
  for (auto at = text.find(escape); at != std::string_view::npos; at = text.find(escape)) {
    const int octet = escaped_octet(text.substr(at));
    if (octet < 0) return std::nullopt;
    result.append(text.substr(0, at)).append(1, static_cast<char>(octet));
    text.remove_prefix(at + kEscaped);
  }
  return result.append(text);
}

std::optional<std::string> percent_decoded(std::string_view text) {
  return hex_decoded(text, '%');
}

bool is_percent_encoded(std::string_view text) noexcept {
  for (auto at = text.find('%'); at != std::string_view::npos; at = text.find('%', at + kEscaped)) {
    if (escaped_octet(text.substr(at)) < 0) return false;
  }
  return true;
}

}  // namespace optout

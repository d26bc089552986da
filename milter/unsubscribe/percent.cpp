#include "unsubscribe/percent.h"

#include "address/ascii.h"

namespace optout {
namespace {

constexpr auto kUnreserved = ascii::table_of("-._~");

// Negative for none.
int digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  const char letter = ascii::lower(c);
  return letter >= 'a' && letter <= 'f' ? letter - 'a' + 10 : -1;
}

}  // namespace

std::string percent_encoded(std::string_view text, std::string_view kept) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string result;
  result.reserve(text.size());
  for (const char c : text) {
    const auto octet = static_cast<unsigned char>(c);
    if (kUnreserved[octet] != 0 || kept.find(c) != std::string_view::npos) {
      result += c;
    } else {
      result.append(1, '%').append(1, kDigits[octet >> 4]).append(1, kDigits[octet & 15]);
    }
  }
  return result;
}

std::optional<std::string> hex_decoded(std::string_view text, char escape) {
  std::string result;
  result.reserve(text.size());
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] != escape) {
      result += text[at];
      continue;
    }
    if (text.size() - at < 3) return std::nullopt;
    const int high = digit(text[at + 1]);
    const int low = digit(text[at + 2]);
    if (high < 0 || low < 0) return std::nullopt;
    result += static_cast<char>(high * 16 + low);
    at += 2;
  }
  return result;
}

std::optional<std::string> percent_decoded(std::string_view text) {
  return hex_decoded(text, '%');
}

}  // namespace optout

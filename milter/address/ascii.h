// What an octet is in an address, by arithmetic and tables: <cctype> would ask the locale, and in a
// Turkish one 'I' is not the capital of 'i' (AD-03).
//
// Constants; any thread.

#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <string_view>

namespace optout::ascii {

constexpr char lower(char c) noexcept {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

constexpr bool is_control(char c) noexcept {
  return (static_cast<unsigned char>(c) < 0x20) || c == 0x7f;
}

constexpr bool is_ascii(char c) noexcept {
  return static_cast<unsigned char>(c) < 0x80;
}

// For each octet its lower-case form if it is in `others` or a letter or digit, else 0.
constexpr std::array<char, 256> table_of(std::string_view others) {
  std::array<char, 256> table{};
  for (char c = 'a'; c <= 'z'; ++c) {
    table[static_cast<unsigned char>(c)] = c;
    table[static_cast<unsigned char>(c - 'a' + 'A')] = c;
  }
  for (char c = '0'; c <= '9'; ++c)
    table[static_cast<unsigned char>(c)] = c;
  for (const char c : others)
    table[static_cast<unsigned char>(c)] = c;
  return table;
}

inline constexpr auto kDotAtom = table_of(".!#$%&'*+-/=?^_`{|}~");  // RFC 5321 atext, and the dot
inline constexpr auto kHostName = table_of(".-_");  // '_' is no host name, but in use

// `c` in lower case if it may stand in an unquoted local part, else 0; the same for a domain name.
constexpr char dot_atom(char c) noexcept {
  return kDotAtom[static_cast<unsigned char>(c)];
}
constexpr char host_name(char c) noexcept {
  return kHostName[static_cast<unsigned char>(c)];
}

inline std::string lowered(std::string_view text) {
  std::string result(text);
  for (char& c : result)
    c = lower(c);
  return result;
}

// `word` in lower case.
constexpr bool starts_with(std::string_view text, std::string_view word) noexcept {
  if (text.size() < word.size()) return false;
  for (std::size_t i = 0; i < word.size(); ++i) {
    if (lower(text[i]) != word[i]) return false;
  }
  return true;
}

constexpr bool same_ignoring_case(std::string_view a, std::string_view b) noexcept {
  if (a.size() != b.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (lower(a[i]) != lower(b[i])) return false;
  }
  return true;
}

}  // namespace optout::ascii

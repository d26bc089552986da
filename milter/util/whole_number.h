// The number that a text is, from its first octet to its last.
//
// Refused: blanks, a plus sign, 0x, anything behind the number, what is too much for `Number`, a
// minus sign where that has none, and the empty text. Leading zeros are not. Pure; any thread.

#pragma once

#include <charconv>
#include <concepts>
#include <optional>
#include <string_view>
#include <system_error>

namespace optout {

template <std::integral Number>
std::optional<Number> whole_number(std::string_view text, int base = 10) noexcept {
  Number number{};
  const char* const end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, number, base);
  return error == std::errc{} && rest == end ? std::optional(number) : std::nullopt;
}

}  // namespace optout

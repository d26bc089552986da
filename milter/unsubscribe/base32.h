// Base32 of RFC 4648 (section 6), in lower case and without padding: survives any mail system.

#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace optout {

std::string base32(std::string_view octets);
void append_base32(std::string_view octets, std::string& to);

// The octets that `text` spells, in letters of either case. Nothing where it spells none: another
// character, a length that no encoding has, or bits left over that are not zero; so no two texts of
// the same case spell the same octets.
std::optional<std::string> octets_of_base32(std::string_view text);

constexpr std::size_t base32_length(std::size_t octets) noexcept {
  return (octets * 8 + 4) / 5;
}

}  // namespace optout

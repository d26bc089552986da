#include "unsubscribe/base32.h"

#include <cstdint>

namespace optout {
namespace {

constexpr std::string_view kAlphabet = "abcdefghijklmnopqrstuvwxyz234567";

// The five bits that `character` stands for, or a number above 31.
constexpr unsigned value_of(char character) noexcept {
  if (character >= 'a' && character <= 'z') return static_cast<unsigned>(character - 'a');
  if (character >= 'A' && character <= 'Z') return static_cast<unsigned>(character - 'A');
  if (character >= '2' && character <= '7') return static_cast<unsigned>(character - '2') + 26;
  return 32;
}

}  // namespace

std::string base32(std::string_view octets) {
  std::string text;
  append_base32(octets, text);
  return text;
}

void append_base32(std::string_view octets, std::string& to) {
  const std::size_t from = to.size();
  to.resize(from + base32_length(octets.size()));
  char* next = to.data() + from;
  std::uint32_t bits = 0;  // those not yet written are the lowest `held`
  unsigned held = 0;
  for (const char octet : octets) {
    bits = (bits << 8) | static_cast<unsigned char>(octet);
    for (held += 8; held >= 5; held -= 5)
      *next++ = kAlphabet[(bits >> (held - 5)) & 31U];
  }
  if (held > 0) *next = kAlphabet[(bits << (5 - held)) & 31U];
}

std::optional<std::string> octets_of_base32(std::string_view text) {
  const std::size_t size = text.size() * 5 / 8;
  if (base32_length(size) != text.size()) return std::nullopt;
  std::string octets;
  octets.reserve(size);
  std::uint32_t bits = 0;
  unsigned held = 0;
  for (const char character : text) {
    const unsigned value = value_of(character);
    if (value > 31) return std::nullopt;
    bits = (bits << 5) | value;
    held += 5;
    if (held < 8) continue;
    held -= 8;
    octets += static_cast<char>((bits >> held) & 0xffU);
  }
  if ((bits & ((1U << held) - 1)) != 0) return std::nullopt;
  return octets;
}

}  // namespace optout

// Text from outside, made harmless for a log line or a terminal (AT-13).

#include "log/log.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>

namespace optout::log {
namespace {

struct CodePoint {
  std::uint32_t value = 0;
  std::size_t length = 0;  // in octets; 0 for octets that are no UTF-8
};

// Decodes strictly: no overlong forms, no surrogates, nothing above U+10FFFF (RFC 3629).
CodePoint decode(std::string_view text) {
  const auto octet = [&](std::size_t i) { return static_cast<std::uint8_t>(text[i]); };
  const std::uint8_t first = octet(0);
  if (first < 0x80) return {first, 1};
  std::size_t length = 0;
  std::uint32_t value = 0;
  std::uint32_t smallest = 0;
  if ((first & 0xE0) == 0xC0) {
    length = 2, value = first & 0x1Fu, smallest = 0x80;
  } else if ((first & 0xF0) == 0xE0) {
    length = 3, value = first & 0x0Fu, smallest = 0x800;
  } else if ((first & 0xF8) == 0xF0) {
    length = 4, value = first & 0x07u, smallest = 0x10000;
  } else {
    return {};
  }
  if (text.size() < length) return {};
  for (std::size_t i = 1; i < length; ++i) {
    if ((octet(i) & 0xC0) != 0x80) return {};
    value = (value << 6) | (octet(i) & 0x3Fu);
  }
  const bool surrogate = value >= 0xD800 && value <= 0xDFFF;
  if (value < smallest || surrogate || value > 0x10FFFF) return {};
  return {value, length};
}

// Characters that end a line, move the cursor, or turn the reading direction of what follows.
bool disguises(std::uint32_t c) {
  return c < 0x20 || (c >= 0x7F && c <= 0x9F) ||                        // C0, DEL, C1
         c == 0x061C || c == 0x200E || c == 0x200F ||                   // direction marks
         (c >= 0x200B && c <= 0x200D) || c == 0x2060 || c == 0xFEFF ||  // zero width
         c == 0x2028 || c == 0x2029 ||  // line and paragraph separator
         (c >= 0x202A && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069);  // bidi embedding, isolates
}

bool plain(char c) {
  return c >= 0x20 && c < 0x7F && c != '\\';
}

}  // namespace

std::string escaped(std::string_view text, std::size_t limit) {
  if (text.size() <= limit && std::all_of(text.begin(), text.end(), plain))
    return std::string(text);
  std::string out;
  out.reserve(std::min(text.size(), limit) + 4);
  while (!text.empty()) {
    std::size_t taken = 1;
    std::string piece;
    if (plain(text.front())) {
      piece = text.front();
    } else if (text.front() == '\\') {
      piece = "\\\\";
    } else {
      const CodePoint point = decode(text);
      if (point.length > 1 && !disguises(point.value)) {
        piece = text.substr(0, point.length);
      } else {
        for (const char c : text.substr(0, std::max<std::size_t>(point.length, 1))) {
          piece += fmt::format("\\x{:02x}", static_cast<std::uint8_t>(c));
        }
      }
      taken = std::max<std::size_t>(point.length, 1);
    }
    if (out.size() + piece.size() > limit) return out + "…";
    out += piece;
    text.remove_prefix(taken);
  }
  return out;
}

}  // namespace optout::log

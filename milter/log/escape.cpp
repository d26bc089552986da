// Text from outside, made harmless for a log line or a terminal (AT-13).

#include "log/escape.h"

#include "log/log.h"
#include "util/utf8.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdint>

namespace optout::log {
namespace {

// Characters that end a line, move the cursor, or turn the reading direction of what follows.
bool disguises(std::int32_t c) {
  return c < 0x20 || (c >= 0x7F && c <= 0x9F) ||                        // C0, DEL, C1
         c == 0x061C || c == 0x200E || c == 0x200F ||                   // direction marks
         (c >= 0x200B && c <= 0x200D) || c == 0x2060 || c == 0xFEFF ||  // zero width
         c == 0x2028 || c == 0x2029 ||  // line and paragraph separator
         (c >= 0x202A && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069);  // bidi embedding, isolates
}

using Octets = std::array<bool, 256>;

// Those that stand as they are.
constexpr Octets printable_but(std::string_view escaped) {
  Octets plain{};
  for (std::size_t c = 0x20; c < 0x7F; ++c)
    plain[c] = escaped.find(static_cast<char>(c)) == std::string_view::npos;
  return plain;
}

constexpr Octets kPlain = printable_but("\\");
constexpr Octets kPlainInWord = printable_but("\\ ,\"<>");
constexpr Octets kPlainInQuotes = printable_but("\\\"");

const Octets& plain_in(Place place) {
  if (place == Place::word) return kPlainInWord;
  return place == Place::quotes ? kPlainInQuotes : kPlain;
}

}  // namespace

std::string escaped_for(Place place, std::string_view text, std::size_t limit) {
  const Octets& octets = plain_in(place);
  const auto plain = [&](char c) { return octets[static_cast<unsigned char>(c)]; };
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
      taken = 0;
      const std::int32_t point = next_code_point(text, taken);
      if (point >= 0x80 && !disguises(point)) {
        piece = text.substr(0, taken);
      } else {
        for (const char c : text.substr(0, taken)) {
          piece += fmt::format("\\x{:02x}", static_cast<std::uint8_t>(c));
        }
      }
    }
    if (out.size() + piece.size() > limit) return out + "…";
    out += piece;
    text.remove_prefix(taken);
  }
  return out;
}

std::string escaped(std::string_view text, std::size_t limit) {
  return escaped_for(Place::free, text, limit);
}

}  // namespace optout::log

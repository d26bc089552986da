#include "util/utf8.h"

namespace optout {

std::int32_t next_code_point(std::string_view text, std::size_t& at) noexcept {
  constexpr std::int32_t kNone = -1;
  const auto octet = [&](std::size_t i) { return static_cast<std::uint8_t>(text[i]); };
  const std::uint8_t first = octet(at);
  if (first < 0x80) {
    ++at;
    return first;
  }
  // How many octets follow, what the first contributes, and the least that needs so many.
  std::size_t more = 0;
  std::int32_t value = 0;
  std::int32_t least = 0;
  if ((first & 0xE0) == 0xC0) {
    more = 1, value = first & 0x1F, least = 0x80;
  } else if ((first & 0xF0) == 0xE0) {
    more = 2, value = first & 0x0F, least = 0x800;
  } else if ((first & 0xF8) == 0xF0) {
    more = 3, value = first & 0x07, least = 0x10000;
  }
  if (more == 0 || text.size() - at <= more) return ++at, kNone;
  for (std::size_t i = 1; i <= more; ++i) {
    if ((octet(at + i) & 0xC0) != 0x80) return ++at, kNone;
    value = (value << 6) | (octet(at + i) & 0x3F);
  }
  const bool surrogate = value >= 0xD800 && value <= 0xDFFF;
  if (value < least || surrogate || value > 0x10FFFF) return ++at, kNone;
  at += more + 1;
  return value;
}

bool is_utf8(std::string_view text) noexcept {
  for (std::size_t at = 0; at < text.size();) {
    if (static_cast<std::uint8_t>(text[at]) < 0x80) {  // nearly all there is
      ++at;
    } else if (next_code_point(text, at) < 0) {
      return false;
    }
  }
  return true;
}

std::string_view without_byte_order_mark(std::string_view text) noexcept {
  constexpr std::string_view kMark = "\xEF\xBB\xBF";
  if (text.starts_with(kMark)) text.remove_prefix(kMark.size());
  return text;
}

}  // namespace optout

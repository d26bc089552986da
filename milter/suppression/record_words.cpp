#include "suppression/record_words.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <iterator>

namespace optout {
namespace {

void add_percent_encoded(std::string& out, std::string_view value) {
  for (const char c : value) {
    if (c > 0x20 && c < 0x7F && c != '%') {
      out += c;
    } else {
      fmt::format_to(std::back_inserter(out), "%{:02X}", static_cast<std::uint8_t>(c));
    }
  }
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return -1;
}

std::string percent_decoded(std::string_view value) {
  std::string out;
  for (std::size_t i = 0; i < value.size(); ++i) {
    if (value[i] == '%' && i + 2 < value.size()) {
      const int high = hex_digit(value[i + 1]);
      const int low = hex_digit(value[i + 2]);
      if (high >= 0 && low >= 0) {
        out += static_cast<char>(high * 16 + low);
        i += 2;
        continue;
      }
    }
    out += value[i];
  }
  return out;
}

bool continues_a_character(char c) {
  return (static_cast<std::uint8_t>(c) & 0xC0) == 0x80;
}

}  // namespace

std::string_view bounded(std::string_view text, std::size_t limit) noexcept {
  if (text.size() <= limit) return text;
  constexpr std::size_t kMostContinuations = 3;
  std::size_t end = limit;
  while (end > 0 && limit - end < kMostContinuations && continues_a_character(text[end]))
    --end;
  // Four such octets in a row are no UTF-8, and may be cut anywhere.
  return text.substr(0, continues_a_character(text[end]) ? limit : end);
}

void add_word(std::string& record, std::string_view name, std::string_view value) {
  if (value.empty()) return;
  if (!record.empty()) record += ' ';
  record += name;
  record += '=';
  add_percent_encoded(record, bounded(value));
}

std::optional<RecordWord> take_word(std::string_view& record) {
  while (!record.empty()) {
    const std::string_view word = record.substr(0, record.find(' '));
    record.remove_prefix(std::min(record.size(), word.size() + 1));
    const auto equals = word.find('=');
    if (equals == std::string_view::npos) continue;
    return RecordWord{.name = word.substr(0, equals),
                      .value = percent_decoded(word.substr(equals + 1))};
  }
  return std::nullopt;
}

}  // namespace optout

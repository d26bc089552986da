#include "unsubscribe/encoded_words.h"

#include "address/ascii.h"
#include "unsubscribe/percent.h"
#include "util/structured_field.h"

#include <unicode/ucnv.h>
#include <unicode/utf8.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <utility>

namespace optout {
namespace {

// "=?" charset ["*" language] "?" encoding "?" text "?="
struct EncodedWord {
  std::string charset;  // in lower case
  std::string octets;   // decoded, but still in that charset
  std::size_t length = 0;
};

bool is_text(char c) {
  return !ascii::is_control(c) && ascii::is_ascii(c) && c != ' ';
}

// Negative for none.
int base64_digit(char c) {
  if (c >= 'A' && c <= 'Z') return c - 'A';
  if (c >= 'a' && c <= 'z') return c - 'a' + 26;
  if (c >= '0' && c <= '9') return c - '0' + 52;
  return c == '+' ? 62 : c == '/' ? 63 : -1;
}

// Without padding, too; what does not fill an octet is dropped.
std::optional<std::string> from_base64(std::string_view text) {
  while (text.ends_with('='))
    text.remove_suffix(1);
  if (text.size() % 4 == 1) return std::nullopt;
  std::string octets;
  unsigned bits = 0;
  unsigned have = 0;
  for (const char c : text) {
    const int digit = base64_digit(c);
    if (digit < 0) return std::nullopt;
    bits = (bits << 6 | static_cast<unsigned>(digit)) & 0xFFFF;
    have += 6;
    if (have < 8) continue;
    have -= 8;
    octets += static_cast<char>(bits >> have & 0xFF);
  }
  return octets;
}

std::optional<std::string> from_q(std::string_view text) {
  std::string spaced(text);
  std::replace(spaced.begin(), spaced.end(), '_', ' ');
  return hex_decoded(spaced, '=');
}

// The encoded-word with which `text` begins. Looks no further than the third '?' behind the first,
// so looking at every "=?" is linear in all.
std::optional<EncodedWord> leading_word(std::string_view text) {
  if (!text.starts_with("=?")) return std::nullopt;
  const std::size_t charset_end = text.find('?', 2);
  if (charset_end == std::string_view::npos || text.size() - charset_end < 5) return std::nullopt;
  const std::size_t begin = charset_end + 3;
  if (text[begin - 1] != '?') return std::nullopt;
  const std::size_t end = text.find('?', begin);
  if (end == std::string_view::npos || !text.substr(end).starts_with("?=")) return std::nullopt;

  std::string_view charset = text.substr(2, charset_end - 2);
  charset = charset.substr(0, charset.find('*'));  // the language stands behind it (RFC 2231)
  const std::string_view encoded = text.substr(begin, end - begin);
  if (!std::all_of(encoded.begin(), encoded.end(), is_text)) return std::nullopt;
  std::optional<std::string> octets;
  const char encoding = ascii::lower(text[charset_end + 1]);
  if (encoding == 'b') octets = from_base64(encoded);
  if (encoding == 'q') octets = from_q(encoded);
  if (!octets) return std::nullopt;
  return EncodedWord{ascii::lowered(charset), std::move(*octets), end + 2};
}

struct CloseConverter {
  void operator()(UConverter* converter) const noexcept { ucnv_close(converter); }
};
using Converter = std::unique_ptr<UConverter, CloseConverter>;

// Null for a charset that ICU does not know. It is asked for its aliases first, as it would look
// for a file of an unknown name.
Converter converter_from(const std::string& charset) {
  UErrorCode status = U_ZERO_ERROR;
  if (ucnv_countAliases(charset.c_str(), &status) == 0) return nullptr;
  Converter converter(ucnv_open(charset.c_str(), &status));
  return U_SUCCESS(status) ? std::move(converter) : nullptr;
}

// U+FFFD stands for what the charset does not have. Nothing where ICU does not know the charset.
std::optional<std::string> in_utf8(const std::string& charset, std::string_view octets) {
  const Converter converter = converter_from(charset);
  if (!converter) return std::nullopt;
  std::string utf8(octets.size() * U8_MAX_LENGTH, '\0');  // what needs more stays as it is
  UErrorCode status = U_ZERO_ERROR;
  const std::int32_t length = ucnv_toAlgorithmic(
      UCNV_UTF8, converter.get(), utf8.data(), static_cast<std::int32_t>(utf8.size()),
      octets.data(), static_cast<std::int32_t>(octets.size()), &status);
  if (U_FAILURE(status)) return std::nullopt;
  utf8.resize(static_cast<std::size_t>(length));
  return utf8;
}

std::size_t behind_space(std::string_view text, std::size_t at) {
  while (at < text.size() && is_folding_space(text[at]))
    ++at;
  return at;
}

}  // namespace

std::string decoded_words(std::string_view text) {
  std::string result;
  bool behind_word = false;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t begin = std::min(text.find("=?", at), text.size());
    const std::string_view between = text.substr(at, begin - at);
    std::optional<EncodedWord> word = leading_word(text.substr(begin));
    if (!word || !behind_word || !without_space_around(between).empty()) result += between;
    behind_word = false;
    if (!word) {
      result += text.substr(begin, 2);
      at = begin + 2;
      continue;
    }
    // A character may be split between two words of a charset: forbidden, and common.
    at = begin + word->length;
    for (;;) {
      const std::size_t next = behind_space(text, at);
      const std::optional<EncodedWord> another = leading_word(text.substr(next));
      if (!another || another->charset != word->charset) break;
      word->octets += another->octets;
      at = next + another->length;
    }
    const std::optional<std::string> utf8 = in_utf8(word->charset, word->octets);
    result += utf8 ? std::string_view(*utf8) : text.substr(begin, at - begin);
    behind_word = utf8.has_value();
  }
  return result;
}

}  // namespace optout

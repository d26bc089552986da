#include "unsubscribe/display_name.h"

#include "unsubscribe/encoded_words.h"
#include "util/structured_field.h"
#include "util/utf8.h"

#include <unicode/bytestream.h>
#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/utf8.h>

namespace optout {
namespace {

constexpr std::size_t kMostOctetsRead = 4096;  // of the phrase: far more than can be shown
constexpr std::size_t kMostShown = 100;        // code points
constexpr UChar32 kReplacement = 0xFFFD;

// The phrase without comments and quotes. What never ends was no comment and no quoted string, as
// in "Smile :( <news.example.com>"; the identifier stands last.
std::string phrase_of(std::string_view value) {
  std::string phrase;
  for (std::size_t at = 0; at < value.size();) {
    const char c = value[at];
    if (c == '<') return phrase;
    std::size_t next = at + 1;
    if (c == '(') next = behind_comment(value, at);
    if (c == '"') next = behind_quoted_string(value, at);
    if (next == kNeverEnds) {
      const std::size_t identifier = value.rfind('<');
      if (identifier == std::string_view::npos || identifier < at) return {};
      return phrase.append(value.substr(at, identifier - at));
    }
    if (c == '(') {
      phrase += ' ';
    } else if (c == '"') {
      for (std::size_t i = at + 1; i < next - 1; ++i) {
        if (value[i] == '\\') ++i;
        phrase += value[i];
      }
    } else {
      phrase += c;
    }
    at = next;
  }
  return {};  // no identifier, so this was no phrase
}

enum class Shown { as_it_is, as_space, not_at_all };

Shown how_shown(UChar32 c) {
  if (u_isUWhiteSpace(c)) return Shown::as_space;  // line separators, too
  if (u_hasBinaryProperty(c, UCHAR_DEFAULT_IGNORABLE_CODE_POINT)) return Shown::not_at_all;
  switch (u_charType(c)) {
    case U_CONTROL_CHAR:
    case U_FORMAT_CHAR:
    case U_PRIVATE_USE_CHAR:
    case U_UNASSIGNED:
      return Shown::not_at_all;
    default:
      return Shown::as_it_is;
  }
}

void append(std::string& text, UChar32 c) {
  char octets[U8_MAX_LENGTH];
  std::size_t length = 0;
  U8_APPEND_UNSAFE(octets, length, c);
  text.append(octets, length);
}

std::string cleaned(std::string_view text) {
  std::string result;
  bool space = false;
  for (std::size_t at = 0; at < text.size();) {
    UChar32 c = next_code_point(text, at);
    if (c < 0) c = kReplacement;
    const Shown shown = how_shown(c);
    space = space || shown == Shown::as_space;
    if (shown != Shown::as_it_is) continue;
    if (space && !result.empty()) result += ' ';
    space = false;
    append(result, c);
  }
  return result;
}

std::string composed(std::string_view text) {
  UErrorCode status = U_ZERO_ERROR;
  const icu::Normalizer2* nfc = icu::Normalizer2::getNFCInstance(status);  // made once, by ICU
  std::string result;
  icu::StringByteSink<std::string> sink(&result);
  if (U_SUCCESS(status)) nfc->normalizeUTF8(0, text, sink, nullptr, status);
  if (U_FAILURE(status)) return {};
  return result;
}

void cut(std::string& text) {
  std::size_t at = 0;
  for (std::size_t shown = 0; at < text.size() && shown < kMostShown; ++shown)
    next_code_point(text, at);
  text.resize(at);
  while (text.ends_with(' '))
    text.pop_back();
}

}  // namespace

std::string display_name(std::string_view list_id_value) {
  const std::string phrase = phrase_of(list_id_value);
  std::string name =
      composed(cleaned(decoded_words(std::string_view(phrase).substr(0, kMostOctetsRead))));
  cut(name);
  return name;
}

}  // namespace optout

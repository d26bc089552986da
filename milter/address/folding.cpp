#include "address/folding.h"

#include "address/ascii.h"
#include "util/utf8.h"

#include <unicode/bytestream.h>
#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/utf8.h>

#include <algorithm>

namespace optout {
namespace {

std::optional<std::string> composed(std::string_view text) {
  UErrorCode status = U_ZERO_ERROR;
  const icu::Normalizer2* nfc = icu::Normalizer2::getNFCInstance(status);  // made once, by ICU
  std::string result;
  result.reserve(text.size());
  icu::StringByteSink<std::string> sink(&result);
  if (U_SUCCESS(status)) nfc->normalizeUTF8(0, text, sink, nullptr, status);
  if (U_FAILURE(status)) return std::nullopt;
  return result;
}

// Each code point by itself. REQUIRES: is_utf8(text).
std::string case_folded(std::string_view text) {
  std::string result;
  result.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    const UChar32 c = u_foldCase(next_code_point(text, at), U_FOLD_CASE_DEFAULT);
    char octets[U8_MAX_LENGTH];
    std::size_t length = 0;
    U8_APPEND_UNSAFE(octets, length, c);
    result.append(octets, length);
  }
  return result;
}

}  // namespace

std::optional<std::string> folded(std::string_view text) {
  if (std::all_of(text.begin(), text.end(), ascii::is_ascii)) return ascii::lowered(text);
  if (!is_utf8(text)) return std::nullopt;  // ICU would put U+FFFD for what is wrong, and go on
  std::optional<std::string> result = composed(text);
  if (result) result = composed(case_folded(*result));
  return result;
}

}  // namespace optout

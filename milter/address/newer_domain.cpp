// newer_domain_key: by the IDNA of 2003, the only one of which ICU takes characters that Unicode
// has not assigned yet. It is deprecated, and reads some letters in another way ("ß" as "ss"): good
// enough for a domain that UTS 46 refuses.

#include "address/ascii.h"
#include "address/limits.h"
#include "address/lookup_key.h"
#include "util/utf8.h"

#include <unicode/uidna.h>
#include <unicode/unistr.h>

#include <algorithm>
#include <array>

namespace optout {

std::string newer_domain_key(std::string_view domain) {
  const bool all_ascii = std::all_of(domain.begin(), domain.end(), ascii::is_ascii);
  if (all_ascii || domain.size() > kLongestSpelling || !is_utf8(domain)) return {};
  const auto wide = icu::UnicodeString::fromUTF8(
      icu::StringPiece(domain.data(), static_cast<std::int32_t>(domain.size())));
  std::array<UChar, kLongestDomain> labels{};
  UErrorCode status = U_ZERO_ERROR;
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
  const std::int32_t length =
      uidna_IDNToASCII(wide.getBuffer(), wide.length(), labels.data(), labels.size(),
                       UIDNA_ALLOW_UNASSIGNED, nullptr, &status);
#pragma GCC diagnostic pop
  if (U_FAILURE(status)) return {};
  std::string key;
  icu::UnicodeString(labels.data(), length).toUTF8String(key);
  // It maps some characters to "@" and other signs; what is left is judged as plain ASCII names
  // are.
  const bool is_name =
      std::all_of(key.begin(), key.end(), [](char c) { return ascii::host_name(c) != 0; });
  return is_name ? ascii::lowered(key) : std::string();
}

}  // namespace optout

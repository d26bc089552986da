// domain_key: the one spelling of a domain, the one that DNS and the MTA will use.
//
// Plain ASCII names are put into lower case and not judged: hosts such as "r3---sn-a5m.example.com"
// and
// "_dmarc.example.com" exist, and IDNA would refuse them (AD-14). Everything else goes through UTS
// 46, non-transitional as in Postfix (AD-13). Surprises of ICU: it returns success and U+FFFD where
// there was an error (AD-16), and it lets spaces, '@' and brackets through, typed or mapped to
// (AD-18).

#include "address/address_literal.h"
#include "address/ascii.h"
#include "address/limits.h"
#include "address/lookup_key.h"

#include <unicode/bytestream.h>
#include <unicode/idna.h>

#include <algorithm>

namespace optout {
namespace {

// Made once; ICU's are constant and may be used by all threads. Never deleted: a thread may outlive
// main.
const icu::IDNA* uts46() {
  static const icu::IDNA* const instance = [] {
    UErrorCode status = U_ZERO_ERROR;
    const icu::IDNA* made = icu::IDNA::createUTS46Instance(
        UIDNA_NONTRANSITIONAL_TO_ASCII | UIDNA_NONTRANSITIONAL_TO_UNICODE, status);
    return U_SUCCESS(status) ? made : nullptr;
  }();
  return instance;
}

// The A-labels of `domain`, or an empty string where it has none.
std::string to_ascii(std::string_view domain) {
  constexpr std::uint32_t kHyphens =
      UIDNA_ERROR_LEADING_HYPHEN | UIDNA_ERROR_TRAILING_HYPHEN | UIDNA_ERROR_HYPHEN_3_4;
  if (uts46() == nullptr) return {};
  std::string result;
  icu::StringByteSink<std::string> sink(&result);
  icu::IDNAInfo info;
  UErrorCode status = U_ZERO_ERROR;
  uts46()->nameToASCII_UTF8(domain, sink, info, status);
  if (U_FAILURE(status) || (info.getErrors() & ~kHyphens) != 0) return {};
  return result;
}

bool has_a_label(std::string_view domain) {
  for (std::size_t label = 0; label < domain.size();) {
    if (ascii::starts_with(domain.substr(label), "xn--")) return true;
    const std::size_t dot = domain.find('.', label);
    if (dot == std::string_view::npos) return false;
    label = dot + 1;
  }
  return false;
}

bool is_host_name(std::string_view domain) {
  return !domain.empty() && domain.front() != '.' && domain.back() != '.' &&
         domain.find("..") == std::string_view::npos &&
         std::all_of(domain.begin(), domain.end(), [](char c) { return ascii::host_name(c) != 0; });
}

}  // namespace

std::string domain_key(std::string_view domain) {
  if (domain.empty() || domain.size() > kLongestSpelling) return {};
  if (domain.front() == '[') return literal_key(domain);

  const bool all_ascii = std::all_of(domain.begin(), domain.end(), ascii::is_ascii);
  const bool typable = std::all_of(domain.begin(), domain.end(), [](char c) {
    return !ascii::is_ascii(c) || ascii::host_name(c) != 0;
  });
  if (!typable) return {};
  std::string key = all_ascii && !has_a_label(domain) ? ascii::lowered(domain) : to_ascii(domain);
  if (key.ends_with('.'))
    key.pop_back();  // the root, once (AD-19); after the mapping, which makes dots
  if (!is_host_name(key) || key.size() > kLongestDomain) return {};
  return key;
}

}  // namespace optout

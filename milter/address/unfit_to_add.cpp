// unfit_to_add: characters that nobody has in an address, except to make it look like another
// (AD-27).
//
// In the spirit of PRECIS (RFC 8264), yet only as strict as is safe: letters and symbols of every
// script pass, for whoever has such a mailbox must be able to opt out.

#include "address/lookup_key.h"
#include "util/utf8.h"

#include <unicode/uchar.h>

namespace optout {
namespace {

std::string_view objection_to(UChar32 c) {
  if (c == ' ') return {};  // in a quoted local part
  if (u_hasBinaryProperty(c, UCHAR_BIDI_CONTROL))
    return "contains a bidirectional control character";
  if (u_hasBinaryProperty(c, UCHAR_DEFAULT_IGNORABLE_CODE_POINT))
    return "contains an invisible character";
  switch (u_charType(c)) {
    case U_CONTROL_CHAR:
      return "contains a control character";
    case U_FORMAT_CHAR:
      return "contains an invisible character";
    case U_SPACE_SEPARATOR:
    case U_LINE_SEPARATOR:
    case U_PARAGRAPH_SEPARATOR:
      return "contains a space that is not the ordinary one";
    case U_PRIVATE_USE_CHAR:
      return "contains a private-use character";
    case U_UNASSIGNED:
      return "contains a character that Unicode has not assigned";
    default:
      return {};
  }
}

}  // namespace

std::string_view unfit_to_add(std::string_view key) {
  for (std::size_t at = 0; at < key.size();) {
    const UChar32 c = next_code_point(key, at);
    if (c < 0) return "is not valid UTF-8";
    if (const std::string_view objection = objection_to(c); !objection.empty()) return objection;
  }
  return {};
}

}  // namespace optout

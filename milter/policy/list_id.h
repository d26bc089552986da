// The identifier in a List-Id header field (RFC 2919).

#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace optout {

// What stands between the angle brackets of `value`, in lower case and without white space (LI-03).
// Comments, quoted strings and encoded words are passed over, never decoded (LI-06); where they
// hide the only brackets there are, as in "Smile :( <news.example.com> :)", they were none. A value
// that is nothing but an identifier counts too, as some software forgets the brackets. Nothing
// where there is no identifier, more than one, or one that is no dot-atom of at most 255 octets.
//
// Linear in the length of `value`, without recursion, whatever it holds (AT-18).
std::optional<std::string> list_id(std::string_view value);

}  // namespace optout

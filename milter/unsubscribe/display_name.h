// What a list calls itself: the phrase before the identifier in its List-Id (RFC 2919), made fit to
// be shown. For people only, never compared (LI-06).
//
// Pure function; any thread. Linear in the length of `list_id_value`, without recursion.

#pragma once

#include <string>
#include <string_view>

namespace optout {

// Unquoted, with its encoded-words (RFC 2047) decoded, from any charset that ICU knows; those that
// are malformed stay as they are. Then UTF-8 in NFC, on one line, white space single, and free of
// whatever is invisible or turns the direction of writing (AT-13). At most 100 code points. Empty
// where there is none.
//
// `list_id_value` as libmilter gives it.
std::string display_name(std::string_view list_id_value);

}  // namespace optout

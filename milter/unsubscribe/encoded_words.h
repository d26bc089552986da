// Encoded-words: how names that are not ASCII stand in a header field (RFC 2047).
//
// Pure function; any thread. Linear in the length of `text`.

#pragma once

#include <string>
#include <string_view>

namespace optout {

// `text` with all encoded-words turned into UTF-8, and white space between two of them dropped.
// Malformed ones, and those in a charset that ICU does not know, stay as they are. Octets outside
// of encoded-words are not looked at, so the result is UTF-8 only if they are.
//
// Decodes into whatever the sender wrote: control characters, line ends, anything.
std::string decoded_words(std::string_view text);

}  // namespace optout

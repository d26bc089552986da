// Letters that differ in case, or only in how they are composed, made one: in local parts.
//
// NFC and not NFKC, which would make one mailbox of "ｊｏｅ" and "joe" (AD-04); simple case
// folding, one code point for one, which Unicode promises never to change and which knows no locale
// (AD-03).
//
// Pure function; any thread.

#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace optout {

// `text` folded and in NFC, or nothing if it is no UTF-8 (or ICU finds no memory). At most 4.5
// times as long. Folding the result again changes nothing.
std::optional<std::string> folded(std::string_view text);

}  // namespace optout

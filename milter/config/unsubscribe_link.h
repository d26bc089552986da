// The link that unsubscribe tokens are put behind: what may stand in a List-Unsubscribe field.
//
// Nobody checks the field after us, libmilter least of all: what is wrong with the link is refused
// here (AT-10), so that it need not be escaped, cut or folded later.

#pragma once

#include "config/types.h"
#include "unsubscribe/list_unsubscribe_value.h"
#include "unsubscribe/token.h"

#include <cstddef>
#include <string>

namespace optout {

// Room is left for the token of the longest address there is, so that both fit on one line of a
// header (LH-10).
inline constexpr std::size_t kLongestLink = kLongestListUri - kLongestLinkToken;

// "https://optout.example.com/u/", kept as written; "" for none.
Type<std::string> unsubscribe_link_type();

}  // namespace optout

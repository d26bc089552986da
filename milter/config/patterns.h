// The values of a stream's conditions: from what an administrator writes to the pattern that mail
// is compared with, in lower case and in the one spelling that lookup keys have.

#pragma once

#include "config/types.h"

#include <string>

namespace optout {

inline constexpr std::size_t kLongestPattern = 255;

// ann@example.com, @example.com (kept as *@example.com), *@*.example.com. Without a wildcard it is
// a lookup key; with one, the halves of it that have none are what they are in lookup keys.
Type<std::string> address_pattern_type();

// The same, or "<>", the null sender.
Type<std::string> sender_pattern_type();

// Any text; white space around it does not count.
Type<std::string> text_pattern_type();

// A List-Id's identifier, with or without its angle brackets (RFC 2919).
Type<std::string> list_id_pattern_type();

// An address or a network, as IpNetwork::to_string() has it.
Type<std::string> network_type();

// The name of a header field (RFC 5322 2.2), lowered.
Type<std::string> field_name_type();

}  // namespace optout

// Domains that are addresses of machines: "[192.0.2.1]", "[IPv6:2001:db8::1]" (AD-22).

#pragma once

#include <string>
#include <string_view>

namespace optout {

// The canonical form of the literal `text`, with its brackets, or an empty string where it is none.
// IPv4 in decimal without leading zeros, which never mean octal; IPv6 as RFC 5952 has it, behind
// "IPv6:", the only capitals in any key; another tag and what follows it in lower case.
std::string literal_key(std::string_view text);

}  // namespace optout

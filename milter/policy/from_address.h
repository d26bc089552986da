// The address in a From header field (RFC 5322 3.6.2).

#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace optout {

// The lookup key of the one mailbox that `value` names. Nothing where it names none or several, or
// where nobody can say: a display name is never taken for an address, and nothing is decoded.
//
// Linear in the length of `value`, without recursion, whatever it holds (AT-18).
std::optional<std::string> from_address(std::string_view value);

}  // namespace optout

// The short cut nearly every address takes: unquoted, plain ASCII, not internationalised.

#pragma once

#include <string>
#include <string_view>

namespace optout {

// Whether `mailbox` is so plain that its key is its ASCII lower case, which is then in `key`.
// Otherwise `key` holds anything. One pass, one allocation.
bool plain_key(std::string_view mailbox, std::string& key);

}  // namespace optout

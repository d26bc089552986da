// What dialogs know of unsubscribing by mail: the keys that tokens are made with, the addresses
// that people and attackers write to, and what a mail must offer its recipient.
//
// Pure functions, but for the day; any thread.

#pragma once

#include "suppression/set_name.h"

#include <string>
#include <string_view>

namespace optout::test {

// "list:news.example.com", or of a tenant "acme/list:news.example.com".
SetName set_named(std::string_view text);

// The file of token keys: 1 verifies, 2 mints, 3 is retired.
std::string token_key_lines();

// `line` with an unsubscribe address in the place of every <ASK ADDRESS SET [WORD…]>, and of every
// <ANSWER [WORD…]> `answer`. Throws std::runtime_error if it is written wrongly.
std::string with_unsubscribe_addresses(std::string_view line, std::string_view answer);

// The unsubscribe address that this header offers. Throws std::runtime_error unless it offers what
// `expected`, "ADDRESS SET WAY…", says, and nothing else, to the byte as we write it.
std::string offered_address(std::string_view header, std::string_view expected);

}  // namespace optout::test

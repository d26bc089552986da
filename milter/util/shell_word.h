// Text as one word of a command line, for commands that people are told to paste.
//
// Pure; any thread.

#pragma once

#include <string>
#include <string_view>

namespace optout {

// With a backslash before every character that a shell may take for something else.
std::string shell_word(std::string_view text);

}  // namespace optout

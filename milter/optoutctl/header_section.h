// The header section of a message in a file, as an MTA would hand it to a milter.
//
// Bounded: the content behind it is never read, and no more header than kLongestHeader.

#pragma once

#include "policy/why_not.h"

#include <cstddef>
#include <cstdio>
#include <string>
#include <string_view>
#include <vector>

namespace optout {

inline constexpr std::size_t kLongestHeader = std::size_t{1024} * 1024;

// Reads up to the blank line, or to the first line that is no header field: there an MTA takes the
// content to begin. Lines may end in LF or CRLF; the first may be the "From " of a mailbox file.
// `name` is what complaints call the file. Throws Trouble.
std::vector<HeaderField> read_header_section(std::FILE* file, std::string_view name);

// "List-Id: <a.b>", as typed. Throws Trouble where it is no header field.
HeaderField header_field(std::string_view typed);

}  // namespace optout

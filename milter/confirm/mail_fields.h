// Header fields of the mails we write ourselves, as RFC 5322 wants them.
//
// Pure functions; any thread.

#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>

namespace optout {

inline constexpr std::size_t kLongestMailLine = 78;  // RFC 5322 2.1.1, without CRLF

// "Name: value" and CRLF, with the value on a line of its own where it does not fit beside the
// name.
std::string mail_field(std::string_view name, std::string_view value);

// RFC 5322 3.3, in no locale: "Mon, 02 Mar 2026 10:00:00 +0000".
std::string mail_date(std::chrono::sys_seconds now);

// Letters and digits that were never there before, for a Message-ID.
std::string unique_text();

}  // namespace optout

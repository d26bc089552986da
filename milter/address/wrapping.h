// What is wrapped around a mailbox in MAIL and RCPT and means nothing: spaces, angle brackets, and
// the source route of RFC 821 ("<@relay1,@relay2:ann@example.com>"), to be accepted and ignored
// (AD-06).
//
// Pure functions on views into their argument; any thread.

#pragma once

#include <string_view>

namespace optout {

// `text` without the spaces and the pairs of angle brackets around it, however many: what is left
// begins and ends with something else, so that unwrapping it again changes nothing.
std::string_view without_brackets(std::string_view text) noexcept;

// The same, without source routes too.
std::string_view without_wrapping(std::string_view text) noexcept;

}  // namespace optout

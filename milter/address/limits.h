// How long an address may be, in octets (AD-20). What is longer is looked up under its raw key:
// cutting it would give two addresses one key.

#pragma once

#include <cstddef>

namespace optout {

// RFC 5321 section 4.5.3.1, measured on the canonical spelling, so that every spelling of a mailbox
// falls on the same side. The RFC allows a path 256 octets, two of which are its angle brackets.
inline constexpr std::size_t kLongestLocalPart = 64;
inline constexpr std::size_t kLongestDomain = 255;
inline constexpr std::size_t kLongestMailbox = 254;

// What we are willing to normalise. A mailbox may be spelled far longer than its key (quoted pairs,
// source routes, characters that IDNA ignores), but Postfix and Sendmail read no command line over
// 2,048 octets. Punycode and the sorting of combining marks are quadratic: this bound keeps the
// whole linear.
inline constexpr std::size_t kLongestSpelling = 2048;

}  // namespace optout

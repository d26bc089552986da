// Addresses written in few bits, so that nearly all fit into the local part of another address.
//
// A prefix code over octets and over what often stands together in addresses: whole domains of
// large providers, endings of domains, syllables of names. Any octet can be written, so any address
// can; the usual ones take a third to a half of their length. What the code is made of is
// frozen, as tokens that are out must stay readable: see address_code.cpp.
//
// Pure functions; any thread.

#pragma once

#include "unsubscribe/bits.h"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace optout {

// The longest address that is written or read: RFC 5321 4.5.3.1.3, 256 octets with "<>" around it.
inline constexpr std::size_t kLongestCodedAddress = 254;

// Writes `address` and that it ends. False, and nothing written, where it is empty or too long.
bool write_address(BitWriter& to, std::string_view address);

// What was written. Nothing for other bits, in bounded time.
std::optional<std::string> read_address(BitReader& from);

}  // namespace optout

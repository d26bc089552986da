// Who sends a message, as far as the guard tells senders apart.
//
// Pure functions; any thread.

#pragma once

#include "guard/options.h"

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace optout {

struct Sending {
  std::string_view auth{};    // the SASL user, empty if none
  std::string_view client{};  // the address that connects, without brackets, empty if none
  std::string_view sender{};  // MAIL FROM, as given
};

// The first of `kinds` that is known: "auth:crm", "client:192.0.2.7", "client:2001:db8:1:2::/64"
// (IPv6 by network, as one host has many addresses), "sender:shop.example.com". Connections from
// this host tell nothing of who sends, unless nothing else is known: "client:127.0.0.1". In lower
// case, bounded, in one line; "unknown" where nothing at all is known.
std::string identity_of(const Sending& sending, std::span<const IdentityKind> kinds);

// Of a name so many octets are told apart, as it was given; and as it is written no identity is
// longer than this, with the name of a stream behind it.
inline constexpr std::size_t kLongestIdentity = 200;
inline constexpr std::size_t kLongestSender = 7 + 3 * kLongestIdentity + 1 + 64;

// An octet of a name as it stands there: a space, a slash, a percent sign, and whatever is not
// printable ASCII would make keys and logs ambiguous, and becomes "%20", "%25" or "%c3".
void append_to_identity(std::string& identity, char octet);

// Takes the first octet off a name that a person typed, or pasted from a log or from a command that
// we suggested: what is written "%20" there stays so.
void append_typed(std::string& identity, std::string_view& typed);

}  // namespace optout

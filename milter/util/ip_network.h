// An IPv4 or IPv6 address, and a block of them as CIDR writes it: 192.0.2.0/24, 2001:db8::/32.
//
// IPv4 lives inside IPv6 as ::ffff:192.0.2.1 (RFC 4291 2.5.5.2), so that a client that came over
// either is the same client.

#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace optout {

using IpAddress = std::array<std::uint8_t, 16>;

// "192.0.2.1", "2001:db8::1", and Sendmail's "IPv6:2001:db8::1". Nothing where it is none.
std::optional<IpAddress> parse_ip_address(std::string_view text) noexcept;

struct IpNetwork {
  IpAddress address{};  // bits behind the prefix are zero
  unsigned bits = 0;    // of the 128

  bool contains(const IpAddress& other) const noexcept;
  bool contains(const IpNetwork& other) const noexcept {
    return bits <= other.bits && contains(other.address);
  }
  std::string to_string() const;  // "192.0.2.0/24"; a single address without its length

  friend auto operator<=>(const IpNetwork&, const IpNetwork&) = default;
};

// The first `bits` bits of an address; the others become zero.
IpAddress masked(IpAddress address, unsigned bits) noexcept;

// "192.0.2.0/24", "192.0.2.1", "2001:db8::/32", "[2001:db8::1]". Nothing where it is none, or where
// bits are set behind the prefix, as in 192.0.2.1/24, which is mostly a slip.
std::optional<IpNetwork> parse_ip_network(std::string_view text) noexcept;

}  // namespace optout

#include "guard/identity.h"

#include "address/ascii.h"
#include "address/lookup_key.h"
#include "util/ip_network.h"

#include <algorithm>
#include <optional>

namespace optout {
namespace {

constexpr unsigned kHostBits = 128;
constexpr unsigned kSubnetBits = 64;  // of IPv6: what one host is given (RFC 6177, RFC 7934)

std::string tidy(std::string_view kind, std::string_view text) {
  text = text.substr(0, kLongestIdentity);
  std::string result;
  result.reserve(kind.size() + text.size());
  result = kind;
  for (const char c : text)
    append_to_identity(result, c);
  return result;
}

bool is_ipv4(const IpAddress& address) noexcept {
  return IpNetwork{parse_ip_address("0.0.0.0").value_or(IpAddress{}), 96}.contains(address);
}

bool is_this_host(const IpAddress& address) noexcept {
  static const IpNetwork kLoopback4 = *parse_ip_network("127.0.0.0/8");
  static const IpNetwork kLoopback6 = *parse_ip_network("::1");
  return kLoopback4.contains(address) || kLoopback6.contains(address);
}

std::string network_of(const IpAddress& address) {
  if (is_ipv4(address) || is_this_host(address)) return IpNetwork{address, kHostBits}.to_string();
  return IpNetwork{masked(address, kSubnetBits), kSubnetBits}.to_string();
}

}  // namespace

std::string_view to_string(IdentityKind kind) noexcept {
  switch (kind) {
    case IdentityKind::auth:
      return "auth";
    case IdentityKind::client:
      return "client";
    case IdentityKind::sender:
      return "sender";
  }
  return "auth";
}

void append_to_identity(std::string& identity, char octet) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  if (octet > ' ' && octet != '/' && octet != '%' && octet != 0x7f && ascii::is_ascii(octet)) {
    identity += ascii::lower(octet);
    return;
  }
  const auto number = static_cast<unsigned char>(octet);
  identity.append(1, '%').append(1, kDigits[number / 16]).append(1, kDigits[number % 16]);
}

void append_typed(std::string& identity, std::string_view& typed) {
  constexpr std::string_view kHex = "0123456789abcdefABCDEF";
  constexpr std::size_t kEscape = 3;
  const bool is_escape = typed.size() >= kEscape && typed[0] == '%' &&
                         kHex.find(typed[1]) != std::string_view::npos &&
                         kHex.find(typed[2]) != std::string_view::npos;
  if (is_escape) {
    identity += ascii::lowered(typed.substr(0, kEscape));
  } else {
    append_to_identity(identity, typed[0]);
  }
  typed.remove_prefix(is_escape ? kEscape : 1);
}

std::string identity_of(const Sending& sending, std::span<const IdentityKind> kinds) {
  const std::optional<IpAddress> client = parse_ip_address(sending.client);
  for (const IdentityKind kind : kinds) {
    switch (kind) {
      case IdentityKind::auth:
        if (!sending.auth.empty()) return tidy("auth:", sending.auth);
        break;
      case IdentityKind::client:
        if (client && !is_this_host(*client)) return "client:" + network_of(*client);
        break;
      case IdentityKind::sender:
        if (const LookupKey key = lookup_key(sending.sender);
            key.status == KeyStatus::ok && !key.domain().empty())
          return tidy("sender:", key.domain());
        break;
    }
  }
  if (client) return "client:" + network_of(*client);
  return "unknown";
}

}  // namespace optout

#include "config/sender_pattern.h"

#include "address/ascii.h"
#include "address/lookup_key.h"
#include "config/complaint.h"
#include "config/patterns.h"
#include "guard/identity.h"
#include "util/glob.h"
#include "util/ip_network.h"
#include "util/suggest.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>

namespace optout {
namespace {

constexpr unsigned kMappedBits = 96;  // in front of an IPv4 address within IPv6
constexpr unsigned kSubnetBits = 64;

std::string identity_of(const Sending& sending, IdentityKind kind) {
  return optout::identity_of(sending, {&kind, 1});
}

Problem write_instead(std::string_view text, std::string_view why, std::string_view meant) {
  return {fmt::format("{} {} (write {})", in_quotes(text), why, in_quotes(meant))};
}

bool is_ipv4(const IpNetwork& network) {
  return IpNetwork{*parse_ip_address("0.0.0.0"), kMappedBits}.contains(network);
}

// "192.0.2.*" for 192.0.2.0/24, or an example where dots are no borders of the network.
std::string as_pattern(const IpNetwork& network) {
  const std::string text = network.to_string();
  const unsigned bits = network.bits - kMappedBits;
  if (bits == 0) return "*";
  if (bits % 8 != 0) return "192.0.2.*";
  std::size_t end = 0;
  for (unsigned octet = 0; octet < bits / 8; ++octet)
    end = text.find('.', end) + 1;
  return text.substr(0, end) + '*';
}

// Clients are single addresses of IPv4 and /64 networks of IPv6.
Parsed<std::string> client_of(std::string_view text, std::string_view client) {
  if (is_glob(client)) return "client:" + ascii::lowered(client);
  const auto network = parse_ip_network(client);
  if (!network) {
    return write_instead(text, "is no address and no pattern of addresses", "client:192.0.2.7");
  }
  const std::string name = network->to_string();
  if (is_ipv4(*network)) {
    if (network->bits == 128) return "client:" + name;
    return write_instead(text, "is a network: patterns are compared as texts",
                         "client:" + as_pattern(*network));
  }
  if (network->bits == kSubnetBits) return "client:" + name;
  constexpr std::string_view kBySubnet = "is never matched: IPv6 clients are told by their /64";
  const IpNetwork subnet{masked(network->address, kSubnetBits), kSubnetBits};
  return write_instead(
      text, kBySubnet,
      network->bits > kSubnetBits ? "client:" + subnet.to_string() : "client:2001:db8:*");
}

// As the guard writes it, of which no more is told apart.
std::string auth_of(std::string_view name) {
  std::string pattern = "auth:";
  for (std::size_t octets = 0; octets < kLongestIdentity && !name.empty(); ++octets)
    append_typed(pattern, name);
  return pattern;
}

// Senders are told by their domain, as an A-label.
Parsed<std::string> domain_of(std::string_view text, std::string_view domain) {
  if (const auto at = domain.rfind('@'); at != std::string_view::npos) {
    return write_instead(text, "names an address: senders are told by their domain",
                         fmt::format("sender:{}", domain.substr(at + 1)));
  }
  const std::size_t stars = domain.starts_with("*.") ? 2 : 0;
  if (is_glob(domain.substr(stars))) {
    if (std::all_of(domain.begin(), domain.end(), ascii::is_ascii))
      return "sender:" + ascii::lowered(domain);
    return write_instead(text, "mixes wildcards with letters beyond ASCII", "sender:*.example.com");
  }
  const std::string key = domain_key(domain.substr(stars));
  if (key.empty()) return write_instead(text, "names no domain", "sender:shop.example.com");
  return fmt::format("sender:{}{}", domain.substr(0, stars), key);
}

// What may have been meant by a text that says not what kind of sender it is.
std::string with_kind(std::string_view text) {
  if (const auto address = parse_ip_address(text))
    return identity_of({.client = text}, IdentityKind::client);
  const auto colon = text.find(':');
  if (colon == std::string_view::npos) return fmt::format("auth:{}", text);
  constexpr std::array<std::string_view, 3> kNames = {"auth", "client", "sender"};
  const std::string_view meant = nearest(text.substr(0, colon), kNames);
  return fmt::format("{}{}", meant.empty() ? "auth" : meant, text.substr(colon));
}

Parsed<std::string> parse_sender_pattern(std::string_view text) {
  if (text.empty()) return Problem{"an empty text matches nobody"};
  if (text.size() > kLongestPattern) {
    return Problem{fmt::format("is {} octets long; {} are allowed", text.size(), kLongestPattern)};
  }
  const std::string pattern = ascii::lowered(text);
  for (const IdentityKind kind : kIdentityKinds) {
    const std::string begin = std::string(to_string(kind)) + ':';
    if (!pattern.starts_with(begin)) {
      if (is_glob(pattern) && globs_overlap(pattern, begin + '*')) return pattern;
      continue;
    }
    const std::string_view rest = std::string_view(pattern).substr(begin.size());
    if (rest.empty()) return write_instead(text, "names nobody", begin + '*');
    switch (kind) {
      case IdentityKind::auth:
        return auth_of(rest);
      case IdentityKind::client:
        return client_of(text, rest);
      case IdentityKind::sender:
        return domain_of(text, rest);
    }
  }
  if (glob_matches(pattern, "unknown")) return pattern;
  return write_instead(text,
                       "is no sender: they begin with auth:, client: or sender:", with_kind(text));
}

}  // namespace

Type<std::string> sender_identity_type() {
  return {parse_sender_pattern, yaml_scalar};
}

}  // namespace optout

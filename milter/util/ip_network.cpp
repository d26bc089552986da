#include "util/ip_network.h"

#include "util/whole_number.h"

#include <arpa/inet.h>
#include <fmt/format.h>

#include <algorithm>
#include <cstring>

namespace optout {
namespace {

constexpr unsigned kAllBits = 128;
constexpr unsigned kBitsBeforeIpv4 = 96;

bool is_ipv4(const IpAddress& address) noexcept {
  return address[10] == 0xff && address[11] == 0xff &&
         std::all_of(address.begin(), address.begin() + 10, [](auto octet) { return octet == 0; });
}

}  // namespace

std::optional<IpAddress> parse_ip_address(std::string_view text) noexcept {
  constexpr std::string_view kTag = "IPv6:";
  if (text.size() > kTag.size() && ::strncasecmp(text.data(), kTag.data(), kTag.size()) == 0) {
    text.remove_prefix(kTag.size());
  }
  char terminated[INET6_ADDRSTRLEN];
  if (text.empty() || text.size() >= sizeof terminated) return std::nullopt;
  terminated[text.copy(terminated, sizeof terminated - 1)] = '\0';
  IpAddress address{};
  if (::inet_pton(AF_INET6, terminated, address.data()) == 1) return address;
  if (::inet_pton(AF_INET, terminated, address.data() + kBitsBeforeIpv4 / 8) != 1)
    return std::nullopt;
  address[10] = address[11] = 0xff;
  return address;
}

IpAddress masked(IpAddress address, unsigned bits) noexcept {
  for (unsigned i = 0; i < address.size(); ++i) {
    const unsigned kept = bits > i * 8 ? std::min(8U, bits - i * 8) : 0;
    address[i] = static_cast<std::uint8_t>(address[i] & (0xff00U >> kept));
  }
  return address;
}

bool IpNetwork::contains(const IpAddress& other) const noexcept {
  return masked(other, bits) == address;
}

std::string IpNetwork::to_string() const {
  const bool v4 = bits >= kBitsBeforeIpv4 && is_ipv4(address);
  char text[INET6_ADDRSTRLEN] = {};
  const unsigned offset = v4 ? kBitsBeforeIpv4 : 0;
  ::inet_ntop(v4 ? AF_INET : AF_INET6, address.data() + offset / 8, text, sizeof text);
  return bits == kAllBits ? std::string(text) : fmt::format("{}/{}", text, bits - offset);
}

std::optional<IpNetwork> parse_ip_network(std::string_view text) noexcept {
  const auto slash = text.find('/');
  std::string_view host = text.substr(0, slash);
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  const auto address = parse_ip_address(host);
  if (!address) return std::nullopt;
  IpNetwork network{.address = *address, .bits = kAllBits};
  if (slash != std::string_view::npos) {
    const unsigned offset = host.find(':') == std::string_view::npos ? kBitsBeforeIpv4 : 0;
    const auto bits = whole_number<unsigned>(text.substr(slash + 1));
    if (!bits || *bits > kAllBits - offset) return std::nullopt;
    network.bits = *bits + offset;
  }
  if (masked(network.address, network.bits) != network.address) return std::nullopt;
  return network;
}

}  // namespace optout

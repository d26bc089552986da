#include "address/address_literal.h"

#include "address/ascii.h"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>

namespace optout {
namespace {

// Four numbers of one to three digits (RFC 5321: Snum). inet_pton refuses leading zeros, inet_aton
// takes them for octal.
std::string ipv4(std::string_view text) {
  std::string result;
  const char* at = text.data();
  const char* const end = at + text.size();
  for (int part = 0; part < 4; ++part) {
    if (part > 0) {
      if (at == end || *at++ != '.') return {};
      result += '.';
    }
    unsigned value = 0;
    const auto [next, error] = std::from_chars(at, end, value);
    if (error != std::errc{} || next - at > 3 || value > 255) return {};
    result += std::to_string(value);
    at = next;
  }
  return at == end ? result : std::string();
}

std::string ipv6(std::string_view text) {
  in6_addr address{};
  char printed[INET6_ADDRSTRLEN];
  if (inet_pton(AF_INET6, std::string(text).c_str(), &address) != 1) return {};
  if (inet_ntop(AF_INET6, &address, printed, sizeof printed) == nullptr) return {};
  return printed;
}

// General-address-literal: a tag of letters, digits and hyphens, a colon, and something.
bool is_general(std::string_view text) {
  const std::size_t colon = text.find(':');
  if (colon == std::string_view::npos || colon == 0 || colon + 1 == text.size()) return false;
  return std::all_of(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(colon),
                     [](char c) { return ascii::host_name(c) != 0 && c != '.' && c != '_'; });
}

bool is_dcontent(char c) {
  return c > ' ' && c < 0x7f && c != '[' && c != ']' && c != '\\' && c != '@';
}

}  // namespace

std::string literal_key(std::string_view text) {
  if (text.size() < 3 || text.front() != '[' || text.back() != ']') return {};
  const std::string_view inside = text.substr(1, text.size() - 2);
  if (!std::all_of(inside.begin(), inside.end(), is_dcontent)) return {};

  std::string key;
  if (ascii::starts_with(inside, "ipv6:")) {
    key = ipv6(inside.substr(5));
    if (!key.empty()) key.insert(0, "IPv6:");
  } else if (key = ipv4(inside); key.empty() && is_general(inside)) {
    key = ascii::lowered(inside);
  }
  return key.empty() ? key : "[" + key + "]";
}

}  // namespace optout

#include "config/unsubscribe_link.h"

#include "address/lookup_key.h"
#include "config/complaint.h"
#include "util/socket_address.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <variant>

namespace optout {
namespace {

constexpr std::string_view kHttps = "https://";

bool is_hex(char c) {
  return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'F') || (c >= 'a' && c <= 'f');
}

// A URI in ASCII without anything that means something in a header field or in a query.
bool may_stand_in_field(std::string_view link) {
  for (std::size_t i = 0; i < link.size(); ++i) {
    const char c = link[i];
    const bool plain = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
                       std::string_view("._~:/-").find(c) != std::string_view::npos;
    const bool escape =
        c == '%' && i + 2 < link.size() && is_hex(link[i + 1]) && is_hex(link[i + 2]);
    if (!plain && !escape) return false;
  }
  return true;
}

// What is wrong with "optout.example.com" or "optout.example.com:8443".
std::string problem_with_host(std::string_view authority) {
  const std::string_view host = authority.substr(0, authority.find(':'));
  if (host.empty()) return "names no host (write https://optout.example.com/u/)";
  const std::string key = domain_key(host);
  if (key.empty()) return fmt::format("{} is not the name of a host", in_quotes(host));
  const bool is_ascii = std::all_of(host.begin(), host.end(),
                                    [](char c) { return static_cast<unsigned char>(c) < 0x80; });
  if (!is_ascii) {
    return fmt::format("{} must be written in ASCII (write {})", in_quotes(host), key);
  }
  if (host.size() == authority.size()) return {};
  auto parsed = parse_socket_address(fmt::format("inet:{}", authority));
  if (const auto* problem = std::get_if<std::string>(&parsed)) return *problem;
  return {};
}

std::string problem_with(std::string_view link) {
  if (link.empty()) return {};
  const std::string quoted = in_quotes(link);
  if (link.starts_with("http://")) {
    return quoted +
           " must begin with https://: one-click requests are sent nowhere else (RFC 8058)";
  }
  if (!link.starts_with(kHttps)) {
    return quoted + " is no https link (write https://optout.example.com/u/)";
  }
  if (link.find_first_of("?#") != std::string_view::npos) {
    return quoted + " may have no query and no fragment: the token comes behind it";
  }
  const std::string_view rest = link.substr(kHttps.size());
  const std::string_view authority = rest.substr(0, rest.find('/'));
  if (authority.find('@') != std::string_view::npos) return quoted + " may name no user";
  if (std::string problem = problem_with_host(authority); !problem.empty()) {
    return fmt::format("{}: {}", quoted, problem);
  }
  if (!may_stand_in_field(link)) {
    return quoted + " may hold letters, digits, . _ ~ : / - and escapes (%20), nothing else";
  }
  if (!link.ends_with('/')) {
    return quoted + " must end in a slash: the token comes behind it";
  }
  if (link.size() > kLongestLink) {
    return fmt::format(
        "is {} octets long; {} are allowed, as link and token stand on one line of a header",
        link.size(), kLongestLink);
  }
  return {};
}

}  // namespace

Type<std::string> unsubscribe_link_type() {
  return text_type(problem_with);
}

}  // namespace optout

#include "util/socket_address.h"

#include "util/whole_number.h"

#include <fmt/format.h>
#include <sys/un.h>

#include <algorithm>

namespace optout {
namespace {

using Parsed = std::variant<SocketAddress, std::string>;

bool starts_with_word(std::string_view text, std::string_view word) {
  return text.substr(0, word.size()) == word;
}

Parsed unix_address(std::string_view path) {
  if (path.empty() || path.front() != '/') return "the path of a unix socket must begin with /";
  if (path.size() >= sizeof(sockaddr_un::sun_path)) {
    return fmt::format("the path is {} bytes long; unix sockets allow {}", path.size(),
                       sizeof(sockaddr_un::sun_path) - 1);
  }
  SocketAddress address;
  address.path = path;
  return address;
}

// Whether it exists is for the resolver to say; this much is certain without it.
bool may_be_host(std::string_view host) {
  return std::all_of(host.begin(), host.end(), [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           std::string_view(".-_:%").find(c) != std::string_view::npos;
  });
}

Parsed inet_address(std::string_view text, std::string_view default_host) {
  std::string_view host = default_host;
  std::string_view port = text;
  if (const auto at = text.find('@'); at != std::string_view::npos) {  // Sendmail: port@host
    port = text.substr(0, at);
    host = text.substr(at + 1);
  } else if (const auto colon = text.rfind(':');
             colon != std::string_view::npos) {  // Postfix: host:port
    host = text.substr(0, colon);
    port = text.substr(colon + 1);
    if (host.find(':') != std::string_view::npos && host.front() != '[') {
      return "an IPv6 address is written in brackets: inet:[::1]:8895";
    }
  }
  if (host.size() >= 2 && host.front() == '[' && host.back() == ']') {
    host = host.substr(1, host.size() - 2);
  }
  if (host.empty()) return "the host is missing (write inet:127.0.0.1:8895)";
  if (!may_be_host(host)) return "the host is not a name or an address";
  SocketAddress address;
  address.port = whole_number<std::uint16_t>(port).value_or(0);
  if (address.port == 0) return fmt::format("\"{}\" is not a port number from 1 to 65535", port);
  address.host = host;
  return address;
}

}  // namespace

bool SocketAddress::is_loopback() const noexcept {
  return is_unix() || starts_with_word(host, "127.") || host == "::1" || host == "localhost";
}

std::string SocketAddress::to_string() const {
  if (is_unix()) return "unix:" + path;
  if (host.find(':') != std::string::npos) return fmt::format("inet:[{}]:{}", host, port);
  return fmt::format("inet:{}:{}", host, port);
}

Parsed parse_socket_address(std::string_view text) {
  for (const std::string_view kind : {"unix:", "local:"}) {
    if (starts_with_word(text, kind)) return unix_address(text.substr(kind.size()));
  }
  if (starts_with_word(text, "/")) return unix_address(text);
  if (starts_with_word(text, "inet:")) return inet_address(text.substr(5), "127.0.0.1");
  if (starts_with_word(text, "inet6:")) return inet_address(text.substr(6), "::1");
  return "not a socket (write unix:/run/optout-milter/milter.sock or inet:127.0.0.1:8895)";
}

}  // namespace optout

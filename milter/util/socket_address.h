// Where a stream socket listens or connects to: a unix path, or a host and port.
//
// Understands both spellings that mail administrators type: Sendmail's `inet:8895@127.0.0.1`,
// `inet6:8895@::1`, `unix:/path`, `local:/path`, and Postfix's `inet:127.0.0.1:8895`,
// `inet:[::1]:8895`.

#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

namespace optout {

struct SocketAddress {
  std::string path;  // of a unix socket; empty for TCP
  std::string host;  // IPv4 or IPv6 address, or a name; without brackets
  std::uint16_t port = 0;

  bool is_unix() const noexcept { return !path.empty(); }
  bool is_loopback() const noexcept;  // a unix socket is; of names only "localhost" is
  std::string to_string() const;      // "unix:/path", "inet:127.0.0.1:8895", "inet:[::1]:8895"

  friend bool operator==(const SocketAddress&, const SocketAddress&) = default;
};

// The address `text` names, or a sentence about what is wrong with it (without the text itself).
// A TCP address without a host means 127.0.0.1: an open milter port is never what was meant.
std::variant<SocketAddress, std::string> parse_socket_address(std::string_view text);

}  // namespace optout

// Which mail a stream is for: plain data, filled by config/, compared by policy/stream_selector.
//
// All conditions that are given must hold; of the values of one, any may. Values are patterns
// (util/glob.h) in lower case, and what they are compared with is lowered too.

#pragma once

#include "util/ip_network.h"

#include <string>
#include <vector>

namespace optout {

// `name` in lower case. Of "list-id" the identifier is compared (RFC 2919), of any other field the
// value as it stands, unfolded, without white space around it; any of several fields may match.
struct HeaderCondition {
  std::string name;
  std::vector<std::string> values;

  friend bool operator==(const HeaderCondition&, const HeaderCondition&) = default;
};

struct Conditions {
  std::vector<std::string> sender{};    // MAIL FROM, as a lookup key; "<>" is the null sender
  std::vector<std::string> from{};      // the address in the header field From, as a lookup key
  std::vector<std::string> auth{};      // the SASL user, {auth_authen}
  std::vector<IpNetwork> client{};      // {client_addr}
  std::vector<std::string> listener{};  // {daemon_name}
  std::vector<HeaderCondition> header{};

  // Whether the stream takes all mail that comes to it.
  bool empty() const noexcept {
    return sender.empty() && from.empty() && auth.empty() && client.empty() && listener.empty() &&
           header.empty();
  }

  friend bool operator==(const Conditions&, const Conditions&) = default;
};

}  // namespace optout

// A message in the queue of a sending MTA, and one attempt to get rid of it.

#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace optout::test {

struct QueuedMessage {
  std::string id;                       // of its Message-Id field, without brackets
  std::string header;                   // further fields, each ended by CRLF
  std::vector<std::string> recipients;  // still to be done with, in angle brackets
  std::vector<std::string> refused;     // "<ann@example.com> 550 5.7.1 …"
};

// Offers the message to the server on this port of loopback, on a connection of its own. Recipients
// that were taken or refused are then done with; false if any are left. Never throws.
bool attempt(QueuedMessage& message, std::uint16_t port) noexcept;

}  // namespace optout::test

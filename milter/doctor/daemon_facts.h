// The daemon as the MTA meets it: its socket in the file system, and what answers there.
//
// We play the MTA for two words of the milter protocol: we offer, the daemon chooses, we leave. No
// message is shown, so nothing is counted or logged.
//
// Threads: one.

#pragma once

#include "doctor/account.h"
#include "doctor/process_facts.h"
#include "util/socket_address.h"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace optout::doctor {

// What became of an attempt to talk to it.
struct Knock {
  enum class Answer { milter, silence, something_else, nobody, not_let_in };
  Answer answer = Answer::nobody;
  std::string detail;         // what the system said, where there was no answer
  std::uint32_t version = 0;  // of the protocol, as chosen
};

struct DaemonFacts {
  SocketAddress address;
  std::vector<FileFacts> way;  // to a unix socket
  FileFacts socket;
  Knock knock;
  std::optional<Process> process;  // the daemon, where it answers and can be found
};

Knock knock_at(const SocketAddress& address,
               std::chrono::milliseconds patience = std::chrono::seconds(5));
DaemonFacts look_at_daemon(const SocketAddress& address);

// When the daemon whose metrics are at `address` read its configuration; nothing where it does not
// say.
std::optional<std::chrono::system_clock::time_point> time_of_loading(const SocketAddress& address);

// The same, of its page.
std::optional<std::chrono::system_clock::time_point> time_of_loading_in(std::string_view page);

}  // namespace optout::doctor

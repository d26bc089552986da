// The daemon as the MTA meets it: its socket in the file system, and what answers there.
//
// We play the MTA for two words of the milter protocol: we offer, the daemon chooses, we leave. No
// message is shown, so nothing is counted or logged.
//
// Threads: one.

#pragma once

#include "doctor/account.h"
#include "util/socket_address.h"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace optout::doctor {

// What became of an attempt to talk to it.
struct Knock {
  enum class Answer { milter, silence, something_else, nobody, not_let_in };
  Answer answer = Answer::nobody;
  std::string detail;         // what the system said, where there was no answer
  std::uint32_t version = 0;  // of the protocol, as chosen
};

// The process behind a unix socket.
struct Peer {
  std::string program;  // "optout-milter"; "systemd" where that holds the socket
  uid_t uid = 0;
  std::optional<unsigned long> most_open_files;  // nothing: cannot be read
};

struct DaemonFacts {
  SocketAddress address;
  std::vector<FileFacts> way;  // to a unix socket
  FileFacts socket;
  Knock knock;
  std::optional<Peer> peer;
};

Knock knock_at(const SocketAddress& address,
               std::chrono::milliseconds patience = std::chrono::seconds(5));
DaemonFacts look_at_daemon(const SocketAddress& address);

// "Max open files            1024                 524288               files": the first number.
std::optional<unsigned long> open_files_of(const std::string& proc_limits);

}  // namespace optout::doctor

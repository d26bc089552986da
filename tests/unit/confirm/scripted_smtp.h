// An SMTP server that says what it is told to, right or wrong, and notes what it hears.
//
// A script is what it sends: the greeting, then one answer to each line, and one to the whole
// content where the last answer was a 354. Behind its last answer it hears on and stays silent.
//
// Threads: one of its own; heard() waits for its end.

#pragma once

#include "support/stream_socket.h"

#include <sys/socket.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

namespace optout::test {

inline const std::string kHangUp = "hang up";

class ScriptedSmtp {
public:
  explicit ScriptedSmtp(std::vector<std::string> script)
      : listener_(listen_on_loopback()), script_(std::move(script)), thread_([this] { serve(); }) {}
  ~ScriptedSmtp() {
    if (thread_.joinable()) thread_.join();
  }
  ScriptedSmtp(const ScriptedSmtp&) = delete;
  ScriptedSmtp& operator=(const ScriptedSmtp&) = delete;

  SocketAddress address() const { return loopback_port(listener_.port); }
  // Every octet, once the client has gone.
  std::string heard() {
    thread_.join();
    return heard_;
  }

private:
  void serve() {
    StreamSocket socket(Descriptor(::accept4(listener_.fd.get(), nullptr, nullptr, SOCK_CLOEXEC)));
    std::size_t answered = 0;  // octets of heard_
    for (auto answer = script_.begin(); answer != script_.end(); ++answer) {
      if (*answer == kHangUp || !socket.send(*answer)) return;
      const std::string_view end = answer->starts_with("354") ? "\r\n.\r\n" : "\r\n";
      while (heard_.find(end, answered) == std::string::npos) {
        if (!socket.receive(heard_)) return;
      }
      answered = heard_.find(end, answered) + end.size();
    }
    while (socket.receive(heard_)) {
    }
  }

  const Listener listener_;
  const std::vector<std::string> script_;
  std::string heard_;
  std::thread thread_;  // last: starts when all else is there
};

}  // namespace optout::test

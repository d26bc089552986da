// What the main thread does between two signals: keeps the service manager informed.
//
// It says how we are in a line for people, and, where there is a watchdog, that we are alive: only
// after a call of our own on our socket was answered (liveness.h). A watchdog that is not fed has
// us killed and started anew; what keeps us from feeding it is in the log first.
//
// Threads: the main thread only.

#pragma once

#include "config/config.h"
#include "message/activity.h"
#include "message/snapshot.h"
#include "session/liveness.h"
#include "session/service_manager.h"
#include "session/socket_name.h"

#include <chrono>
#include <string>
#include <string_view>

namespace optout {

// "enforce", "monitor", or "monitor for some streams".
std::string_view mode_of(const std::vector<Stream>& streams);

class Heartbeat {
public:
  // Borrows the snapshot and the activity.
  Heartbeat(ServiceManager manager, SocketName listener, const CurrentSnapshot& snapshot,
            const Activity& activity);

  void ready();
  void reloading() const;
  void reloaded(bool taken);
  // From now on nobody is let in, so that nobody can call: whoever waits has a limit of his own.
  void stopping(std::chrono::milliseconds longest);

  // Does what is due.
  void beat();
  // How long nothing is due.
  std::chrono::milliseconds rest() const;

private:
  using Clock = std::chrono::steady_clock;

  std::string status() const;
  bool lives();

  const ServiceManager manager_;
  const SocketName listener_;
  const CurrentSnapshot& snapshot_;
  const Activity& activity_;
  const std::chrono::milliseconds pace_;
  Clock::time_point due_;
  std::string said_;  // last
  Liveness::Kind last_ = Liveness::Kind::serving;
  bool reload_refused_ = false;
  bool stopping_ = false;
};

}  // namespace optout

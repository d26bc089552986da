// The running daemon: listens, reloads on HUP or USR1, drains on TERM or INT.

#pragma once

#include "config/reader.h"
#include "message/activity.h"
#include "message/snapshot.h"
#include "session/content_watch.h"
#include "session/listener.h"
#include "session/negotiation.h"

#include <string>

namespace optout {

struct DaemonOptions {
  std::string config_file;
  std::string pid_file;  // empty: none
  bool foreground = false;
};

class Daemon {
public:
  // Opens the listening socket, so that "cannot start" is said before the terminal is left. Throws
  // std::runtime_error.
  Daemon(Config config, DaemonOptions options);

  // Serves until told to stop, then ends the process: libmilter's threads are still there, and must
  // not outlive what they use. Never returns.
  [[noreturn]] void run();

private:
  void detach() const;
  void start_serving();
  void say_whether_redis_answers() const;
  void try_to_reload() noexcept;
  void reload();
  void drain();
  [[noreturn]] void end(int status);

  const DaemonOptions options_;
  CurrentSnapshot snapshot_;
  ContentWatch content_watch_;
  Activity activity_;
  const Negotiation negotiation_;
  Listener listener_;
};

}  // namespace optout

// The running daemon: listens, reloads on HUP or USR1, drains on TERM or INT.

#pragma once

#include "config/reader.h"
#include "message/activity.h"
#include "message/snapshot.h"
#include "metrics/meters.h"
#include "metrics/server.h"
#include "session/content_watch.h"
#include "session/listener.h"
#include "session/negotiation.h"

#include <optional>
#include <string>

namespace optout {

struct DaemonOptions {
  std::string config_file;
  std::string pid_file;  // empty: none
  bool foreground = false;
};

class Daemon {
public:
  // Opens the listening sockets, so that "cannot start" is said before the terminal is left. Throws
  // std::runtime_error.
  Daemon(Config config, DaemonOptions options);

  // Serves until told to stop, then ends the process: libmilter's threads are still there, and must
  // not outlive what they use. Never returns.
  [[noreturn]] void run();

private:
  void detach() const;
  void open_metrics(const std::optional<SocketAddress>& address);
  void start_serving();
  void say_whether_redis_answers() const;
  void try_to_reload() noexcept;
  void reload();
  void drain();
  [[noreturn]] void end(int status);

  const DaemonOptions options_;
  Meters meters_;
  CurrentSnapshot snapshot_;
  ContentWatch content_watch_;
  Activity activity_;
  const Negotiation negotiation_;
  Listener listener_;
  std::optional<MetricsServer> metrics_server_;
};

}  // namespace optout

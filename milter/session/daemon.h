// The running daemon: listens, reloads on HUP or USR1, drains on TERM or INT, and keeps the service
// manager informed.

#pragma once

#include "config/reader.h"
#include "message/activity.h"
#include "message/snapshot.h"
#include "message/survey.h"
#include "metrics/meters.h"
#include "metrics/server.h"
#include "session/content_watch.h"
#include "session/heartbeat.h"
#include "session/listener.h"
#include "session/negotiation.h"

#include <atomic>
#include <cstdint>
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
  template <typename Tell>
  void keep_informed(Tell tell) noexcept;
  bool reload();               // whether the configuration was taken
  void configured() noexcept;  // now
  void drain();
  [[noreturn]] void end(int status);

  const DaemonOptions options_;
  Meters meters_;
  CurrentSnapshot snapshot_;
  Survey survey_{snapshot_, meters_};
  std::atomic<bool> last_reload_was_taken_ = true;
  std::atomic<std::int64_t> configured_at_ = 0;  // seconds since 1970
  ContentWatch content_watch_;
  Activity activity_;
  const Negotiation negotiation_;
  Listener listener_;
  std::optional<Heartbeat> heartbeat_;
  std::optional<MetricsServer> metrics_server_;
};

}  // namespace optout

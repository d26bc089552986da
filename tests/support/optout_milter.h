// The daemon under test, as a real process with a configuration and a Redis of its own.
//
// The programs are those in the directory that $OPTOUT_BIN names; ctest sets it.
//
// Threads: one at a time; start it on a thread that outlives it (see process.h).

#pragma once

#include "support/log_file.h"
#include "support/process.h"
#include "support/redis_server.h"
#include "support/shared_dir.h"
#include "support/stream_socket.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace optout::test {

class OptoutMilter {
public:
  // Why the programs cannot be run here, or nothing.
  static std::optional<std::string> unavailable();

  // Listens on `address`, asks `redis`, and marks it as initialised. `config` is YAML that is
  // merged over a plain configuration: where both have a mapping, key by key; otherwise it
  // replaces. Starts the daemon and returns when it accepts connections; throws std::runtime_error
  // with its log if it never does.
  OptoutMilter(const RedisServer& redis, SocketAddress address, std::string_view config = {});

  void configure(
      std::string_view config);  // writes the file anew; takes effect at start() or reload()
  void start();
  int stop();  // SIGTERM, and the exit status once the last message is finished
  void kill();
  void signal(int number) { process_.signal(number); }
  bool running() { return process_.running(); }
  // SIGHUP, and returns when the daemon has said what came of it.
  void reload();

  const SocketAddress& address() const noexcept { return address_; }
  const std::string& config_file() const noexcept { return config_file_; }

  // Everything logged, over all starts.
  const LogFile& log() const noexcept { return log_; }

  // The page of metrics, and where it is. Throws std::runtime_error where the configuration has
  // taken it away.
  std::string metrics() const;
  SocketAddress metrics_address() const;

  // Runs optoutctl with this configuration.
  Finished ctl(const std::vector<std::string>& arguments) const;

private:
  SharedDir directory_;
  SocketAddress address_;
  std::string redis_url_;
  std::string config_file_;
  LogFile log_;
  std::size_t started_at_ = 0;  // how much of the log is of earlier starts
  Process process_;
};

}  // namespace optout::test

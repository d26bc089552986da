// A real Redis (or Valkey) of a test's own: a unix socket and a TCP port, nothing on disk but its
// log.

#pragma once

#include "support/process.h"
#include "support/temp_dir.h"

#include <cstdint>
#include <string>
#include <vector>

namespace optout::test {

class RedisServer {
public:
  // Whether redis-server or valkey-server is installed. If not, say so and skip (exit code 77).
  static bool available();

  // `config` holds lines of redis.conf, such as "requirepass secret" (which cli() then uses by
  // itself). Returns when the server answers; throws std::runtime_error with its log if it never
  // does.
  explicit RedisServer(std::vector<std::string> config = {});

  void stop();   // ends it at once; what it held is gone
  void start();  // after stop(): the same socket and port, empty
  void restart() { stop(), start(); }
  void freeze();  // SIGSTOP: connections are accepted by the kernel, and nobody answers
  void thaw();

  // Sends one command over a connection of its own and returns the reply as text: the elements of
  // arrays one a line, nil as nothing. Throws std::runtime_error for an error reply, or if there is
  // none for 20 s.
  std::string cli(const std::vector<std::string>& command) const;
  void set_password(std::string password) { password_ = std::move(password); }  // for cli()

  std::string socket() const { return directory_ / "redis.sock"; }
  std::uint16_t port() const noexcept { return port_; }
  std::string url_unix() const { return "unix:" + socket(); }
  std::string url_tcp() const { return "redis://127.0.0.1:" + std::to_string(port_); }
  const TempDir& directory() const noexcept { return directory_; }
  pid_t pid() const noexcept { return process_.pid(); }

private:
  bool try_start();  // false if it ended by itself, as it does when the port is taken

  TempDir directory_;
  std::vector<std::string> config_;
  std::string password_;
  std::uint16_t port_ = 0;
  Process process_;  // after directory_: ends before its directory goes
};

}  // namespace optout::test

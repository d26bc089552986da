// A private Postfix: its own queue, configuration and log in a temporary directory, nothing of the
// system's.
//
// Needs root, as Postfix itself does. It listens on a free port of 127.0.0.1, relays everything to
// one server on loopback, trusts its clients (XCLIENT included), and never looks anything up in the
// DNS. Nothing is chrooted: the milter's socket is named by its full path.
//
// Threads: start and stop it on one thread; the rest may be called from any.

#pragma once

#include "support/death_watch.h"
#include "support/log_file.h"
#include "support/process.h"
#include "support/temp_dir.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace optout::test {

struct PostfixOptions {
  std::string milter;                   // for smtpd_milters and non_smtpd_milters: "unix:/path"
  std::uint16_t next_hop = 0;           // port on 127.0.0.1 to which all mail goes
  std::vector<std::string> parameters;  // further lines of main.cf
};

class Postfix {
public:
  // Why Postfix cannot be run here, or nothing.
  static std::optional<std::string> unavailable();

  // Returns when it accepts connections; throws std::runtime_error with its log if it never does.
  explicit Postfix(const PostfixOptions& options);
  ~Postfix();
  Postfix(const Postfix&) = delete;
  Postfix& operator=(const Postfix&) = delete;

  std::uint16_t port() const noexcept { return port_; }
  const LogFile& log() const noexcept { return log_; }

  // Hands a message to sendmail(1), which leaves it to pickup(8). Returns sendmail's exit status.
  int submit(std::string_view sender, const std::vector<std::string>& recipients,
             std::string_view message) const;

  // Waits until no message is left in the queue; false if that takes too long.
  bool wait_until_empty(std::chrono::milliseconds at_most = std::chrono::seconds(30)) const;
  // Waits until the queue has nothing more to do with message `id`.
  bool wait_until_done(const std::string& id) const;
  std::string queue() const;   // as postqueue(1) prints it
  void discard_queue() const;  // everything that waits in it

private:
  void write_configuration(const PostfixOptions& options) const;

  TempDir directory_;
  std::uint16_t port_;
  LogFile log_;
  Process master_;
  DeathWatch watch_;
};

}  // namespace optout::test

// A private Postfix: its own queue, configuration and log in a temporary directory, nothing of the
// system's.
//
// Needs root, as Postfix itself does. It listens on a free port of 127.0.0.1, relays everything to
// one server on loopback, trusts its clients (XCLIENT included), and never looks anything up in the
// DNS. Nothing is chrooted unless asked for: the milter's socket is named by its full path.
//
// Threads: start and stop it on one thread; the rest may be called from any.

#pragma once

#include "support/death_watch.h"
#include "support/log_file.h"
#include "support/master_cf.h"
#include "support/process.h"
#include "support/temp_dir.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace optout::test {

struct PostfixOptions {
  std::string milter = {};     // for smtpd_milters and non_smtpd_milters: "unix:/path"; empty: none
  std::uint16_t next_hop = 0;  // port on 127.0.0.1 to which all mail goes
  std::vector<std::string> parameters = {};  // further lines of main.cf
  std::string services = {};                 // further entries of master.cf, see MasterCf::add()
  bool chroot = false;                       // what Debian has chrooted is
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

  std::uint16_t port() const { return port("smtp"); }
  std::uint16_t port(const std::string& listener) const { return services_.port(listener); }
  std::string queue_directory() const { return directory_ / "spool"; }
  const LogFile& log() const noexcept { return log_; }

  // Hands a message to sendmail(1), which leaves it to pickup(8). Returns sendmail's exit status.
  int submit(std::string_view sender, const std::vector<std::string>& recipients,
             std::string_view message) const;

  // Waits until no message is left in the queue; false if that takes too long.
  bool wait_until_empty(std::chrono::milliseconds at_most = std::chrono::seconds(30)) const;
  // Waits until the queue has nothing more to do with message `id`: it is gone, or held.
  bool wait_until_done(const std::string& id) const;
  // The header of message `id` if it is on hold, its lines ended by CRLF.
  std::optional<std::string> held_header(const std::string& id) const;
  void release(const std::string& id) const;  // what is on hold, with postsuper(1)
  void release_all() const { release("ALL"); }
  void retry() const;          // what is deferred, now
  std::string queue() const;   // as postqueue(1) prints it
  void discard_queue() const;  // everything that waits in it

private:
  void write_configuration(const PostfixOptions& options) const;
  bool is_held(const std::string& id) const;

  TempDir directory_;
  MasterCf services_;
  LogFile log_;
  Process master_;
  DeathWatch watch_;
};

}  // namespace optout::test

// A private Sendmail beside the system's Postfix: its own queue and configuration in a temporary
// directory, nothing of the system's.
//
// The program is the unpacked one that $OPTOUT_SENDMAIL names (packaging/unpack-sendmail; ctest
// sets it). It needs root. It listens on a free port of 127.0.0.1, relays everything to one server
// on loopback, and never looks anything up in the DNS. It delivers before it answers the final dot,
// so that there is nothing to wait for; mail that the milter quarantines stays in the queue.
//
// Sendmail refuses a milter's socket, and a queue, below a directory that everybody may write to.
// What it shares with tests belongs below kParent instead of /tmp.
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
#include <vector>

namespace optout::test {

struct SendmailOptions {
  std::string milter = {};              // "unix:/path"; it is asked with F=T; empty: none
  std::uint16_t next_hop = 0;           // port on 127.0.0.1 to which all mail goes
  std::vector<std::string> lines = {};  // further lines of the .mc file, before its mailers
};

class Sendmail {
public:
  static constexpr const char* kParent = "/run";

  // Why Sendmail cannot be run here, or nothing.
  static std::optional<std::string> unavailable();

  // Makes `path`.db of the lines of a table, with makemap(8). Throws std::runtime_error.
  static void make_map(const std::string& path, const std::string& lines);

  // Returns when it accepts connections; throws std::runtime_error with what it said if it never
  // does.
  explicit Sendmail(const SendmailOptions& options);
  ~Sendmail();
  Sendmail(const Sendmail&) = delete;
  Sendmail& operator=(const Sendmail&) = delete;

  std::uint16_t port() const noexcept { return port_; }
  // Every conversation, as Sendmail's -X writes it, and its complaints at the start. What it tells
  // syslog is not kept.
  const LogFile& log() const noexcept { return log_; }

  // The header of message `id` if it is held in quarantine, its lines ended by CRLF.
  std::optional<std::string> held_header(const std::string& id) const;
  std::string quarantine() const;             // what is held, and why, as mailq(1) prints it
  void release(const std::string& id) const;  // from quarantine, and delivers it
  void release_all() const;                   // everything that is held
  void discard_queue() const;                 // everything that waits in it

private:
  std::vector<std::string> command(const std::vector<std::string>& arguments) const;
  void write_configuration(const SendmailOptions& options) const;

  TempDir directory_{kParent};
  std::uint16_t port_;
  LogFile log_;
  Process process_;
  DeathWatch watch_;
};

}  // namespace optout::test

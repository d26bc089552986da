// A daemon with a bulk guard behind either MTA: what its tests ask of both.
//
// There is one of each kind for all tests of a program, made when a test first wants it. All share
// one Redis, and one server behind them.
//
// Threads: one at a time.

#pragma once

#include "mta/bulk_mail.h"
#include "support/optout_milter.h"
#include "support/postfix.h"
#include "support/redis_server.h"
#include "support/sendmail.h"
#include "support/shared_dir.h"
#include "support/smtp_sink.h"

#include <cstdint>
#include <iosfwd>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace optout::test {

enum class MtaKind { postfix, sendmail };
std::ostream& operator<<(std::ostream& out, MtaKind kind);

// Postfix, and Sendmail where it can be run; says once why it cannot.
const std::vector<MtaKind>& each_mta();

// A configuration with these limits: "{ recipients: 500 per 1h, then: hold }". Clients on loopback
// are told apart by the domain they send from.
std::string guard_with(std::string_view limits);

class GuardedRelay {
public:
  // With this configuration of the daemon, an empty store, and nothing at the server behind.
  static GuardedRelay& begin_anew(MtaKind kind, const std::string& config);
  // The same, but for what is in the store and has been delivered: a second relay beside the first.
  static GuardedRelay& begin_beside(MtaKind kind, const std::string& config);
  static void end_all();

  GuardedRelay(MtaKind kind, RedisServer& redis, SmtpSink& sink);

  std::uint16_t port() const;
  // Waits until the MTA has nothing more to do with what it has accepted: it is out, or held.
  bool settle(const Mailing& mailing) const;
  // Which of these wait until an administrator lets them go, by their names in the queue.
  std::vector<std::string> held(const Mailing& mailing) const;
  // Lets all that is held go, with the MTA's own commands.
  void release_held() const;
  // Whether the MTA itself says that it has accepted this message.
  bool has_accepted(const std::string& id) const;
  // What the daemon has logged since the test began.
  bool has_logged(std::string_view words) const { return milter.log().has(words, log_start_); }
  // The newest event in Redis.
  std::map<std::string, std::string> newest_event() const;

  RedisServer& redis;
  SmtpSink& sink;

private:
  void begin(const std::string& config);

  SharedDir directory_;

public:
  OptoutMilter milter;

private:
  std::size_t log_start_ = 0;
  std::optional<Postfix> postfix_;
  std::optional<Sendmail> sendmail_;
};

}  // namespace optout::test

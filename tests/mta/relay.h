// A whole relay: Postfix, the daemon, Redis, and the server behind them, each real and each our
// own.

#pragma once

#include "support/optout_milter.h"
#include "support/postfix.h"
#include "support/redis_server.h"
#include "support/shared_dir.h"
#include "support/smtp_client.h"
#include "support/smtp_sink.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace optout::test {

struct Relay {
  // Why there can be none here, or nothing.
  static std::optional<std::string> unavailable();

  // `config` is merged over the daemon's plain configuration; `redis_config` holds lines of
  // redis.conf, `main_cf` of Postfix's main.cf.
  explicit Relay(std::string_view config = {}, std::vector<std::string> redis_config = {},
                 std::vector<std::string> main_cf = {});

  // optoutctl add; throws std::runtime_error if that fails.
  void opt_out(const std::string& set, const std::vector<std::string>& members);
  // An empty store again, with the marker, and nothing at the sink; `config` from the next message
  // on.
  void begin_anew(std::string_view config = {});

  SharedDir directory;
  SmtpSink sink;
  RedisServer redis;
  OptoutMilter milter;
  Postfix postfix;
};

// An SMTP session with the relay, greeted.
SmtpClient connect_to(const Relay& relay);

// Prints why and ends this program as skipped, if `reason` holds one.
void skip_all_if(const std::optional<std::string>& reason);

}  // namespace optout::test

// A recipe put into effect, in a private Postfix or Sendmail and a daemon of its own.

#pragma once

#include "mta/followed.h"
#include "support/optout_milter.h"
#include "support/postfix.h"
#include "support/redis_server.h"
#include "support/sendmail.h"
#include "support/shared_dir.h"
#include "support/smtp_client.h"
#include "support/smtp_sink.h"
#include "support/temp_dir.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace optout::test {

// Where mail sent through a placement went, and what came of it on the way.
struct Outcome {
  bool accepted() const { return reply.starts_with("250 "); }
  bool refused() const { return reply.starts_with("550 5.7.1 "); }
  bool deferred() const { return reply.starts_with("451 "); }

  std::string reply;      // to the first recipient refused, else to the message
  std::string delivered;  // to whom, separated by blanks
};

class PostfixPlacement {
public:
  // `replacements` makes the recipe another one. The port 10026 stands for the next hop.
  explicit PostfixPlacement(const std::string& recipe, const Replacements& replacements = {},
                            bool chroot = true);

  // Sends a message to `listener`, as the recipe names it, and waits until the queue is empty.
  Outcome send(const std::string& listener, const std::vector<std::string>& recipients,
               std::string_view message = "Subject: x\r\n\r\nHello\r\n");
  // The same by sendmail(1), from cron@shop.example.
  Outcome submit(const std::vector<std::string>& recipients);
  void opt_out(const std::vector<std::string>& members, const std::string& set = "global");
  // Lays `config` over the recipe's, from the next message on.
  void configure(std::string_view config);
  // How many messages the daemon has decided, by its log.
  std::size_t decided() const;

  TempDir etc;  // instead of /etc/optout-milter
  Followed lines;
  SmtpSink sink;
  RedisServer redis{{"appendonly yes"}};  // keeps what it holds while it is stopped
  Postfix postfix;
  OptoutMilter milter;

private:
  std::string delivered();
};

class SendmailPlacement {
public:
  explicit SendmailPlacement(const std::string& recipe, const Replacements& replacements = {});

  // Of a listener, as the recipe names it: "Port=smtp".
  std::uint16_t port(const std::string& listener) const;
  // Sends a message to a listener.
  Outcome send(const std::string& listener, const std::vector<std::string>& recipients,
               std::string_view message = "Subject: x\r\n\r\nHello\r\n");
  void opt_out(const std::vector<std::string>& members, const std::string& set = "global");

  SharedDir directory{Sendmail::kParent};  // for the socket, and instead of those below /etc
  Followed lines;
  SmtpSink sink;
  RedisServer redis{{"appendonly yes"}};
  OptoutMilter milter;
  Sendmail sendmail;
};

}  // namespace optout::test

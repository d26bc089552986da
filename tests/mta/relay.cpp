#include "mta/relay.h"

#include "mta/mail.h"

#include <fmt/format.h>

#include <cstdio>
#include <cstdlib>
#include <stdexcept>

namespace optout::test {

std::optional<std::string> Relay::unavailable() {
  if (auto reason = OptoutMilter::unavailable()) return reason;
  return Postfix::unavailable();
}

Relay::Relay(std::string_view config, std::vector<std::string> redis_config,
             std::vector<std::string> main_cf)
    : redis(std::move(redis_config)),
      milter(redis, unix_socket(directory / "milter.sock"), config),
      postfix({.milter = milter.address().to_string(),
               .next_hop = sink.port(),
               .parameters = std::move(main_cf)}) {}

void Relay::opt_out(const std::string& set, const std::vector<std::string>& members) {
  test::opt_out(milter, set, members);
}

void Relay::begin_anew(std::string_view config) {
  redis.cli({"FLUSHALL"});
  if (const Finished init = milter.ctl({"init"}); init.exit_status != 0) {
    throw std::runtime_error("optoutctl init: " + init.err);
  }
  milter.configure(config);
  milter.reload();
  sink.forget();
}

SmtpClient connect_to(const Relay& relay) {
  SmtpClient client(relay.postfix.port());
  client.say("EHLO client.example");
  return client;
}

void skip_all_if(const std::optional<std::string>& reason) {
  if (!reason) return;
  fmt::print("skipped: {}\n", *reason);
  std::fflush(stdout);
  std::_Exit(77);
}

}  // namespace optout::test

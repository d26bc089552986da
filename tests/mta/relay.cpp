#include "mta/relay.h"

#include <fmt/format.h>

#include <cstdio>
#include <cstdlib>
#include <stdexcept>

namespace optout::test {

std::optional<std::string> Relay::unavailable() {
  if (auto reason = OptoutMilter::unavailable()) return reason;
  return Postfix::unavailable();
}

Relay::Relay(std::string_view config, std::vector<std::string> redis_config)
    : redis(std::move(redis_config)),
      milter(redis, unix_socket(directory / "milter.sock"), config),
      postfix({.milter = milter.address().to_string(),
               .next_hop = sink.port(),
               .parameters = {"virtual_alias_domains = alias.example",
                              "virtual_alias_maps = inline:{ { team@alias.example = "
                              "ann@example.com, bob@example.com } }"}}) {}

void Relay::opt_out(const std::string& set, const std::vector<std::string>& members) {
  std::vector<std::string> arguments{"add"};
  arguments.insert(arguments.end(), members.begin(), members.end());
  arguments.insert(arguments.end(), {"--set", set});
  if (const Finished added = milter.ctl(arguments); added.exit_status != 0) {
    throw std::runtime_error("optoutctl add: " + added.err);
  }
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

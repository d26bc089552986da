// A real Prometheus of a test's own, which scrapes every second and has the alert rules that we
// ship. Its configuration is packaging/prometheus/scrape.yml, but for where and how often.
//
// Threads: one at a time.

#pragma once

#include "support/process.h"
#include "support/temp_dir.h"
#include "util/socket_address.h"

#include <nlohmann/json.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace optout::test {

class Prometheus {
public:
  static std::optional<std::string> unavailable();

  // Scrapes `target`. Returns when it is ready; throws std::runtime_error with its log otherwise.
  explicit Prometheus(const SocketAddress& target);

  // What the expression is now: the samples of the answer. Throws where Prometheus objects to it.
  nlohmann::json query(std::string_view expression) const;
  nlohmann::json rules() const;  // of all groups

private:
  bool try_start();
  nlohmann::json ask(const std::string& path) const;

  TempDir directory_;
  SocketAddress address_;
  Process process_;  // after directory_: ends before its directory goes
};

}  // namespace optout::test

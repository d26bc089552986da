// An administrator at a shell: a Redis of her own, a configuration that names it, and optoutctl.

#pragma once

#include "support/process.h"
#include "support/redis_server.h"
#include "support/temp_dir.h"

#include <nlohmann/json.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace optout::test {

using Words = std::vector<std::string>;

// The program that was built.
std::string optoutctl_path();

// Runs optoutctl with nothing but `words`; standard input is a pipe that holds `input`.
Finished optoutctl(const Words& words, std::string_view input = {}, const Words& environment = {});

class Admin {
public:
  // With a Redis of her own, configured by lines of redis.conf. Ends the test program with 77
  // (skipped) where no Redis is installed.
  explicit Admin(const Words& redis_conf = {});
  // With whatever is behind `redis_url`. `more` are further lines of the configuration.
  static Admin at(const std::string& redis_url, const std::string& more = {});

  // Replaces the configuration by "redis: {url: …}" and `more`.
  void configure(const std::string& redis_url, const std::string& more = {});

  // optoutctl -c <her configuration> …
  Finished operator()(const Words& words, std::string_view input = {},
                      const Words& environment = {}) const;

  // The same with -o json: what it printed. Fails the test where that is no array of objects.
  nlohmann::json json(Words words, std::string_view input = {}) const;

  RedisServer& redis() { return *redis_; }
  std::string file(const std::string& name) const { return directory_->path() / name; }

private:
  struct WithoutRedis {};
  explicit Admin(WithoutRedis) {}

  std::unique_ptr<TempDir> directory_ = std::make_unique<TempDir>();
  std::unique_ptr<RedisServer> redis_;
};

// An administrator whose Redis has been initialised.
struct ReadyAdmin : Admin {
  ReadyAdmin();
};

}  // namespace optout::test

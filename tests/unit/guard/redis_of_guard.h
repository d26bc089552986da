// A Redis for one test, and the guard on it.

#pragma once

#include "guard/guard_check.h"
#include "redis/client.h"
#include "support/redis_server.h"
#include "util/hash64.h"

#include <boost/test/unit_test.hpp>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace optout::test {

inline RedisServer& shared_redis() {
  static RedisServer server;
  return server;
}

inline std::shared_ptr<redis::Executor> client() {
  RedisOptions options;
  options.address.path = shared_redis().socket();
  options.timeout = std::chrono::seconds(20);
  return redis::make_client(options);
}

// `count` people whom no other number of the same test names.
inline std::vector<Person> people(std::uint64_t count, std::uint64_t from = 0) {
  std::vector<Person> all;
  for (std::uint64_t i = from; i < from + count; ++i)
    all.push_back(hash64("person" + std::to_string(i) + "@example.com"));
  return all;
}

struct FreshRedis {
  FreshRedis() { shared_redis().cli({"FLUSHALL"}); }
  std::shared_ptr<redis::Executor> redis = client();
};

}  // namespace optout::test

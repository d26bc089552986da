// Skips the whole program where no Redis is installed. Include once in each program,
// BOOST_TEST_GLOBAL_FIXTURE it.

#pragma once

#include "support/redis_server.h"

#include <cstdio>
#include <cstdlib>

namespace optout::test {

struct NeedsRedis {
  NeedsRedis() {
    if (RedisServer::available()) return;
    std::puts("skipped: neither redis-server nor valkey-server is installed");
    std::fflush(stdout);
    std::_Exit(77);
  }
};

}  // namespace optout::test

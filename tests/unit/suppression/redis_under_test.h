// The redis-server of this test program; ends the program as skipped where none is installed.

#pragma once

#include "support/redis_server.h"

namespace optout::test {

RedisServer& shared_redis();

}  // namespace optout::test

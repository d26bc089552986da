// What goes wrong in practice with the Redis behind: opt-outs that are evicted, lost with the host,
// or cannot be written.
//
// Pure.

#pragma once

#include "config/config.h"
#include "doctor/finding.h"
#include "doctor/redis_facts.h"

#include <functional>
#include <string>
#include <string_view>

namespace optout::doctor {

// How commands that fix it are typed: "redis-cli -s /run/redis/redis-server.sock info".
using RedisCli = std::function<std::string(std::string_view command)>;

// Whether it keeps what it is given: version, role, eviction, memory, persistence.
Findings check_redis_keeping(const RedisFacts& facts, const Config& config,
                             const RedisCli& redis_cli);

// Everything: whether it is there, ours, and lets us do what we must, then the above. `optoutctl`:
// the same as RedisCli for our own commands.
Findings check_redis(const RedisFacts& facts, const Config& config, const RedisCli& redis_cli,
                     const RedisCli& optoutctl);

}  // namespace optout::doctor

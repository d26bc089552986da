// Whether a Redis may drop opt-outs by itself (LG-15): when its memory is full, by the policies
// that look at all keys. Those that are called volatile spare opt-outs, as these never expire.

#pragma once

#include "redis/client.h"
#include "util/result.h"

#include <optional>
#include <string>

namespace optout {

// The policy that may; nothing where none will, and where this user of Redis may not ask.
Result<std::optional<std::string>> evicting_policy(redis::Executor& redis);

}  // namespace optout

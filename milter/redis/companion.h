// Commands that travel along with somebody else's, so that two questions that are due at the same
// time wait for one round trip.

#pragma once

#include "redis/commands.h"
#include "redis/reply.h"
#include "util/result.h"

#include <optional>
#include <vector>

namespace optout::redis {

struct Companion {
  Commands commands;
  // Their replies, in order, or why there are none. Nothing: they were not sent at all, and it is
  // up to their owner to do so.
  std::optional<Result<std::vector<Reply>>> replies{};
};

}  // namespace optout::redis

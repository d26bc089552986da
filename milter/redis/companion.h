// A question that travels along with somebody else's, so that two that are due at the same time
// wait for one round trip.

#pragma once

#include "redis/commands.h"
#include "redis/reply.h"
#include "util/result.h"

#include <span>

namespace optout::redis {

class Companion {
public:
  virtual ~Companion() = default;

  // Adds the commands of all that travel in this round trip; they are of the same kind as *this,
  // and may make one of many. Asked of the first of them, on any thread, one at a time.
  virtual void compose(std::span<Companion* const> all, Commands& commands) = 0;
  // Their replies, in order, or why there are none; asked of the same one.
  virtual void take(std::span<Companion* const> all,
                    const Result<std::span<const Reply>>& replies) = 0;
};

}  // namespace optout::redis

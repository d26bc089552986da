// At most one confirmation a week for each person, whoever asks and however often, over all relays
// (AR-09, AT-07).

#pragma once

#include "redis/client.h"
#include "util/result.h"

#include <memory>
#include <string>
#include <string_view>

namespace optout {

class RateLimit {
public:
  virtual ~RateLimit() = default;

  // Whether `member`, as her suppression set holds her, may be sent a confirmation now. To ask is
  // to use it up: where sending fails, she is sent none this week.
  virtual Result<bool> admits(std::string_view member) = 0;
};

// Kept in Redis, by a key for each member that expires. Threads: any.
std::unique_ptr<RateLimit> make_redis_rate_limit(std::shared_ptr<redis::Executor> executor,
                                                 const std::string& prefix);

}  // namespace optout

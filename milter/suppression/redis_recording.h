// Recording opt-outs in Redis, and withdrawing them: the half of the store that writes.
//
// A look first, then the changes in one transaction. Between the two somebody else may change the
// same member. Then what is written is right as of the look: whatever is recorded meanwhile stays,
// and an opt-out that meets its own withdrawal counts, as one that arrived just after it and bears
// no date would. She is not mailed against her will; at worst the withdrawal has to be repeated.
//
// Threads: any, without further locking.

#pragma once

#include "redis/client.h"
#include "suppression/redis_schema.h"
#include "suppression/store.h"

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace optout {

class RedisRecording {
public:
  // Borrows both, which must outlive it.
  RedisRecording(redis::Executor& executor, const RedisSchema& schema)
      : executor_(executor), schema_(schema) {}

  // As SuppressionStore's.
  Result<Recorded> record(const OptOut& opt_out) const;
  Result<bool> withdraw(std::string_view member, const SetName& set, std::string_view by,
                        std::string_view because) const;

private:
  // What is known of one member in one set, and whether we may write here at all.
  struct Standing {
    bool in_set = false;
    std::optional<std::string> record;
    std::optional<Withdrawal> withdrawal;      // the last one, of whichever spelling
    std::optional<Error> digest_keys_unknown;  // why no digest may be written yet
  };
  // `also` are other members that may hold the withdrawal.
  Result<Standing> standing(std::string_view member, const SetName& set,
                            std::span<const std::string> also,
                            redis::Clock::time_point deadline) const;
  Result<Recorded> ignore(const OptOut& opt_out, const Withdrawal& withdrawal,
                          redis::Clock::time_point deadline) const;

  redis::Executor& executor_;
  const RedisSchema& schema_;
};

}  // namespace optout

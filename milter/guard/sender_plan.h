// What all messages of a sender have in common: whose limits count, what its keys in Redis are
// called, and what is counted there. Made once, for names cost more than counting.
//
// Threads: any; it never changes.

#pragma once

#include "guard/guard_schema.h"
#include "guard/limit.h"
#include "guard/tallies.h"

#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace optout {

// Whom and how much the guard counts together.
struct GuardedSender {
  std::string name;  // "auth:crm"; "auth:crm/newsletters" where the stream has limits of its own
  Limits limits;
  std::string stream{};  // whose limits these are; empty for those of the sender
};

struct SenderPlan {
  SenderPlan(const GuardSchema& schema, GuardedSender whom, unsigned warn_at);

  struct PlannedLimit {
    std::optional<Tally> tally{};  // of recipients; of same_message, see of_message()
    std::optional<Share> share{};  // of opted_out
  };

  const GuardedSender sender;
  const std::vector<PlannedLimit> limits;  // of sender.limits, in their order
  const std::string state;                 // the keys
  const std::string passed;

  // The list of what has passed is told to expire not with each message, but when it was told so
  // long ago, and lives longer by as much.
  const std::chrono::seconds longest_window;
  const std::chrono::microseconds passed_kept_for;
  const std::string passed_lasts;  // seconds
};

}  // namespace optout

// What happened to a set, or to a sender whom the bulk guard watches, for the stream of events: the
// answer to "who changed that, when and why?"

#pragma once

#include "redis/commands.h"
#include "suppression/redis_schema.h"
#include "suppression/set_name.h"

#include <string_view>

namespace optout {

struct Event {
  std::string_view action;  // init, add, remove, ignored; release, allow
  std::string_view member{};
  SetName set{};
  std::string_view sender{};  // as the guard names it: "auth:crm"
  std::string_view by{};
  std::string_view because{};
  std::string_view record{};  // what was written, or would have been
};

// Adds the command that writes it; what is empty is left away, and texts are bounded.
void add_event(redis::Commands& commands, const RedisSchema& schema, const Event& event);

}  // namespace optout

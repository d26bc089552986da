#include "suppression/redis_event.h"

#include "suppression/record_words.h"

#include <string>
#include <vector>

namespace optout {

void add_event(redis::Commands& commands, const RedisSchema& schema, const Event& event) {
  const std::string events = schema.events(event.set.tenant());
  std::vector<std::string_view> argv{"XADD", events,   "MAXLEN",    "~", RedisSchema::kEventsKept,
                                     "*",    "action", event.action};
  const auto field = [&](std::string_view name, std::string_view value) {
    if (!value.empty()) argv.insert(argv.end(), {name, value});
  };
  field("member", event.member);
  field("set", event.set.text());
  field("sender", bounded(event.sender));
  field("by", bounded(event.by));
  field("because", bounded(event.because));
  field("record", event.record);
  commands.add(argv);
}

}  // namespace optout

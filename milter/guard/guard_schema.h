// Names of the guard's keys in Redis; all of them expire. Here and nowhere else.
//
// A sender is named by its identity, "auth:crm", and where streams have limits of their own by
// "auth:crm/newsletters": the text in keys, log, and on the command line.

#pragma once

#include <string>
#include <string_view>

namespace optout {

class GuardSchema {
public:
  explicit GuardSchema(std::string prefix) : prefix_(std::move(prefix)) {}

  // HASH, see sender_state.h.
  std::string state(std::string_view sender) const { return key("state", sender); }
  // ZSET of the senders that have a state: sender -> until when, in milliseconds of Redis' clock.
  std::string senders() const { return prefix_ + "guard:senders"; }
  // ZSET or STRING, see tally.h.
  std::string tally(std::string_view sender, std::string_view name) const {
    return key("count", sender).append(1, ':').append(name);
  }
  // STREAM of all that happened, that of the suppression sets.
  std::string events() const { return prefix_ + "events"; }
  // LIST of the messages that were let through lately, the last one first: "mx1/4TbXyZ1k2l".
  std::string passed(std::string_view sender) const { return key("passed", sender); }

private:
  std::string key(std::string_view kind, std::string_view sender) const {
    return std::string(prefix_).append("guard:").append(kind).append(1, ':').append(sender);
  }

  std::string prefix_;
};

}  // namespace optout

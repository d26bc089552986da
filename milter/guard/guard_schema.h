// Names of the guard's keys in Redis; all of them expire. Here and nowhere else.
//
// A sender is named by its identity, "auth:crm", and where streams have limits of their own by
// "auth:crm/newsletters": the text in keys, log, and on the command line.

#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace optout {

// Of the list of what passed, so many are kept; of more, nobody knows the number.
inline constexpr std::uint64_t kPassedKept = 1'000;

// "17", and "1000+" where there may be more.
inline std::string passed_text(std::uint64_t passed) {
  return passed < kPassedKept ? std::to_string(passed) : std::to_string(kPassedKept) + "+";
}

// Seconds; the indexes outlast every state.
inline constexpr std::string_view kIndexLasts = "2764800";

// Of one sender's messages that have a state, so many can be listed and released: those that last
// longest.
inline constexpr std::uint64_t kMessagesKept = 10'000;

class GuardSchema {
public:
  explicit GuardSchema(std::string prefix) : prefix_(std::move(prefix)) {}

  // HASH, see sender_state.h; of what is not one message's own.
  std::string state(std::string_view sender) const { return key("state", sender); }
  // HASH of the same kind, for the trips that are one message's own: there may be very many, so
  // each ends by itself. `print` is print_text() of it.
  std::string message(std::string_view sender, std::string_view print) const {
    return key("message", sender).append(1, ':').append(print);
  }
  // ZSET of the sender's messages that have one: print -> until when.
  std::string messages(std::string_view sender) const { return key("messages", sender); }
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
  // STRING, for seconds: who of many tells of a field of the state. In monitor mode claims are
  // others: nothing that was only noted keeps what is done from being told.
  std::string claim(std::string_view sender, std::string_view field, bool monitored) const {
    return key("claim", sender).append(1, ':').append(field).append(monitored ? "/monitor" : "");
  }

private:
  std::string key(std::string_view kind, std::string_view sender) const {
    return std::string(prefix_).append("guard:").append(kind).append(1, ':').append(sender);
  }

  std::string prefix_;
};

}  // namespace optout

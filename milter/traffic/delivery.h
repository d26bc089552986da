// That one person was mailed, or would have been: what a line of a log or of a table says. Plain
// data.

#pragma once

#include <chrono>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>

namespace optout {

using MailTime = std::chrono::sys_time<std::chrono::milliseconds>;

// By what senders, and streams, are told apart. Texts are as the file has them.
struct Origin {
  std::string auth{};    // the SASL user
  std::string client{};  // the address that connected
  std::string sender{};  // MAIL FROM
  std::string list_id{};

  friend auto operator<=>(const Origin&, const Origin&) = default;
};

struct Delivery {
  MailTime at{};          // when the message was taken
  MailTime seen{};        // when that was written down: later, or the same
  std::string message{};  // what lines of one message have in common; empty: nothing
  Origin origin{};
  std::string recipient{};
  std::optional<std::uint64_t> print{};  // the same where From, Subject and List-Id are the same
  bool has_list_unsubscribe = false;
  bool opted_out = false;
};

// Whether the lines say so at all: what they cannot tell, no limit can be held against.
struct Told {
  bool messages = false;  // which lines belong to one message
  bool subjects = false;
  bool list_unsubscribe = false;
  bool opted_out = false;
};

}  // namespace optout

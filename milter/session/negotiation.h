// Which steps of a message the MTA shows us, and which of them we answer. Decided once, at start:
// libmilter keeps what it negotiates for the whole process.
//
// Every answered step costs a round trip, which is more than Redis does, so: only what is needed.

#pragma once

#include "config/config.h"

namespace optout {

struct Negotiation {
  // RCPT has a reply; without, every stream decides at end of message and RCPT costs nothing.
  bool recipients_answered = true;
  // DATA has a reply: to accept there, when no header can matter; and on TCP, where Postfix without
  // it waits 42 ms for a delayed ACK before every message's content.
  bool data_answered = false;

  friend bool operator==(const Negotiation&, const Negotiation&) = default;
};

Negotiation negotiation_for(const Config& config);

}  // namespace optout

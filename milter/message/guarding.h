// One message as the bulk guard sees it: who sends it, what it says of itself, and what the guard
// wants done with it.
//
// Does nothing at all where the configuration has no guard.
//
// Threads: those of the Transaction.

#pragma once

#include "guard/guard_check.h"
#include "guard/identity.h"
#include "message/message_log.h"
#include "message/mta.h"
#include "message/snapshot.h"
#include "policy/stream_selector.h"
#include "policy/verdict.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace optout {

class Guarding {
public:
  Guarding(const Snapshot& snapshot, const Sending& sending);

  void header(std::string_view name, std::string_view value);

  bool is_on() const noexcept { return snapshot_.guard != nullptr; }

  // Whether mail of any of these streams is counted, so that its end must come to us.
  bool may_count(Candidates candidates) const;

  // Nothing where mail of this stream is not counted.
  std::optional<GuardCheck> check(const Stream& stream, bool offers_way_out, bool monitored,
                                  Mta& mta) const;

  // All whom a message was for have opted out, and were refused: they count in the share of such
  // people.
  void note_opted_out(const Stream& stream, std::vector<Person> people, bool monitored,
                      const MessageFacts& facts, Mta& mta) const;

  // What the guard says of a message that policy has judged. Where nobody can tell, what
  // guard.on_outage says. Logs and counts it all.
  void judge(GuardCheck& check, MessageVerdict& verdict, const MessageFacts& facts, Mta& mta) const;

private:
  void tell(const GuardCheck& check, const MessageFacts& facts, Mta& mta) const;
  void cannot_tell(const GuardCheck& check, const Error& error, MessageVerdict& verdict,
                   const MessageFacts& facts, Mta& mta) const;
  std::uint64_t print() const noexcept;

  const Snapshot& snapshot_;
  std::string identity_;
  // Hashes of what makes messages the same, 0 where the header has no such field.
  std::uint64_t from_ = 0;
  std::uint64_t subject_ = 0;
  std::uint64_t list_id_ = 0;
};

}  // namespace optout

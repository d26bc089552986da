// What an administrator does about the senders whom the guard watches: looks, releases, allows.
//
// Each question takes a few round trips, each change is made as a whole or not at all, and
// told in the stream of events. The time is Redis' own. A trip that comes between reading and
// writing stays, and is listed: nothing is ended that nobody has seen.
//
// Threads: any; what they share is the Executor, which does its own locking.

#pragma once

#include "guard/guard.h"
#include "guard/guard_schema.h"
#include "guard/sender_state.h"
#include "guard/tally.h"
#include "redis/client.h"
#include "suppression/redis_schema.h"
#include "util/result.h"

#include <chrono>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace optout {

// A sender as the list of all has it.
struct ListedSender {
  std::string name;
  SenderState state;         // never empty
  std::uint64_t passed = 0;  // messages let through lately
};

// How many people a limit has counted by now.
struct CountedPeople {
  std::string limit;            // its name
  std::string amount;           // "500 per 1h"; empty where the configuration has no such limit
  std::uint64_t people = 0;     // of opted_out: who had opted out
  std::uint64_t addressed = 0;  // of opted_out: among so many
};

struct PassedMessage {
  std::string relay;
  std::string id;  // its name in the queue of the MTA there
};

struct SenderFile {
  SenderState state;
  std::vector<CountedPeople> counts;  // those that are not zero
  std::vector<PassedMessage> passed;  // the latest, newest first
  std::uint64_t passed_in_all = 0;

  bool is_empty() const noexcept {
    return state.until() == 0 && counts.empty() && passed_in_all == 0;
  }
};

// Who does it, and why: for the record.
struct OnBehalf {
  std::string_view by;
  std::string_view because;
};

class GuardDesk {
public:
  static constexpr std::size_t kMostPassed = 100;  // of messages shown
  // Of a sender's messages that have passed a limit of their own, so many are told one by one: the
  // last to end. The others are SenderState::more_messages.
  static constexpr std::size_t kMostTripped = 20;

  GuardDesk(redis::Executor& executor, const std::string& prefix, const MemberOptions& members);

  // All who are tripped, were warned or are allowed more, by name. Forgets who is not any more,
  // where this Redis user may.
  Result<std::vector<ListedSender>> list();

  Result<SenderFile> show(const GuardedSender& sender);

  // Ends the trips and warnings of a sender and forgets whom it has mailed. An allowance goes on.
  // What was ended: nothing at all where there was no trip and no warning, and nothing was changed.
  Result<SenderState> release(const GuardedSender& sender, const OnBehalf& who);

  // Lets a sender mail `most` different people from now on, in place of any earlier allowance, and
  // ends its trips and warnings. What was written, and what was ended.
  Result<std::pair<Allowance, SenderState>> allow(const GuardedSender& sender, std::uint64_t most,
                                                  std::chrono::seconds lasts, const OnBehalf& who);

  // Ends the allowance; trips stay. False where there is none.
  Result<bool> end_allowance(const GuardedSender& sender, const OnBehalf& who);

private:
  struct Read {
    RedisTime now = 0;
    SenderState state;
    std::vector<std::string> fields;    // of the state, be they over or not
    std::vector<std::string> messages;  // that have a state of their own, the last to end first
  };

  Result<std::vector<redis::Reply>> ask(redis::Commands questions);
  Result<Read> read(std::string_view sender);
  // Adds to the state of a sender what is known of these messages.
  Result<Done> read_messages(std::string_view sender, std::span<const std::string> messages,
                             RedisTime now, SenderState& state);
  // Adds what ends all but an allowance.
  void end_trips(redis::Commands& commands, const GuardedSender& sender, const Read& read) const;
  void forget_people(redis::Commands& commands, const GuardedSender& sender) const;
  void forget_allowed(redis::Commands& commands, std::string_view sender, const Read& read) const;
  // Adds what has the state kept until then.
  void keep_until(redis::Commands& commands, std::string_view sender, RedisTime until) const;

  redis::Executor& executor_;
  const RedisSchema marker_;
  const GuardSchema schema_;
};

}  // namespace optout

// How many different people, within a window of time: counted in Redis, so that all relays count
// together, and so that a message that is tried again counts nobody twice.
//
// Up to kExactUpTo of them are counted exactly: a ZSET of their hashes, each with the time of the
// last mail. The window moves on with every moment.
//
// More are estimated in memory that does not grow: each sets one bit of a field by its hash, and
// the bits left at zero tell how many there were (linear counting: Whang, Vander-Zanden and Taylor,
// ACM TODS 15(2), 1990). The standard error stays below half a percent, which a HyperLogLog of
// Redis (0.81 %) does not reach. Such a window moves on in halves: people count for at least half
// of it, at most all of it.
//
// The time is Redis' own (redis_clock.h). Here only commands are composed and replies read; nothing
// is sent. Pure functions; any thread.

#pragma once

#include "redis/commands.h"
#include "redis/reply.h"
#include "util/result.h"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace optout {

using Person = std::uint64_t;  // the hash of a mailbox, see util/hash64.h

inline constexpr std::uint64_t kExactUpTo = 1000;

// Microseconds since 1970 by the clock of Redis; of two messages never the same, so that it tells
// what a message has added.
using Stamp = std::uint64_t;

struct Tally {
  std::string key;
  std::chrono::seconds window{};
  std::uint64_t most = 0;  // the largest number that has to be told from a larger one
  bool exact = true;       // only where `most` is small; see tally_of()

  std::uint64_t bits() const noexcept;  // of the field, where estimated
};

Tally tally_of(std::string key, std::chrono::seconds window, std::uint64_t most);

struct TallyReading {
  std::uint64_t people = 0;
  std::vector<std::uint64_t> newly_set;  // bits that were not set before, where estimated
};

// Adds people, and asks how many there are then. With nobody to add it only asks.
void ask_tally(redis::Commands& commands, const Tally& tally, std::span<const Person> people,
               Stamp now);

// Takes the replies to that off the front of `replies`.
Result<TallyReading> read_tally(std::span<const redis::Reply>& replies, const Tally& tally,
                                std::span<const Person> people);

// Takes off what ask_tally() added at `now`: the mail did not go out. Of people who were in it
// before, an exact tally forgets that, too: they count again with their next mail.
void ask_to_undo(redis::Commands& commands, const Tally& tally, const TallyReading& reading,
                 Stamp now);

// Takes some of these people off an exact tally; of an estimated one, those bits that are newly
// set.
void ask_to_take_off(redis::Commands& commands, const Tally& tally, const TallyReading& reading,
                     std::span<const Person> people, Stamp now);

// All keys the tally may have now.
std::vector<std::string> keys_of(const Tally& tally, Stamp now);

}  // namespace optout

// How many different people, within a window of time: counted in Redis, so that all relays count
// together, and so that a message that is tried again counts nobody twice.
//
// Up to kExactUpTo of them are counted exactly: a ZSET of their hashes, each with the time of the
// last mail. The window moves on with every moment.
//
// More are estimated in memory that does not grow: each sets one bit of a field by its hash, and
// the bits left at zero tell how many there were (linear counting: Whang, Vander-Zanden and Taylor,
// ACM TODS 15(2), 1990). The standard error is 0.3 % of up to 50,000 people and 0.6 % at most,
// where a HyperLogLog of Redis has 0.81 %. Such a window begins with its first mail, and when it
// has passed the next one begins.
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

// Microseconds since 1970 by the clock of Redis.
using Stamp = std::uint64_t;

struct Tally {
  std::string key;
  std::chrono::seconds window{};
  std::uint64_t most = 0;  // the largest number that has to be told from a larger one
  bool exact = true;       // only where `most` is small; see tally_of() and estimated()

  std::uint64_t bits() const noexcept;  // of the field, where estimated

  friend bool operator==(const Tally&, const Tally&) = default;
};

// Estimated ones have keys of their own, that say how many bits there are: what a limit of another
// size has counted is none of theirs.
Tally tally_of(std::string key, std::chrono::seconds window, std::uint64_t most);
Tally estimated(std::string key, std::chrono::seconds window, std::uint64_t most);

// The people of one message.
struct Addition {
  Stamp stamp = 0;
  std::span<const Person> people;
};

struct TallyReading {
  // With those of the messages before it in the same batch, but not with those behind.
  std::uint64_t people = 0;
  // What undoing needs. Exact: when each of them was mailed before, empty if never. Estimated: the
  // bits that were not set before.
  std::vector<std::string> mailed_before{};
  std::vector<std::uint64_t> newly_set{};
};

// Adds people, and asks how many there are then. With nobody to add it only asks.
void ask_tally(redis::Commands& commands, const Tally& tally, std::span<const Addition> additions,
               Stamp now);

// Takes the replies to that off the front of `replies`: a reading for each addition, and at least
// one.
Result<std::vector<TallyReading>> read_tally(std::span<const redis::Reply>& replies,
                                             const Tally& tally,
                                             std::span<const Addition> additions);

// Takes off what one message added: it did not go out. Who had been mailed before stays.
void ask_to_undo(redis::Commands& commands, const Tally& tally, const TallyReading& reading,
                 std::span<const Person> people);

// Bits set of so many, by how many people; for other fields of this kind.
std::uint64_t people_behind(std::int64_t set, std::uint64_t bits);

// Sets bits to "1" or "0" in commands of bounded length, and how many these are. Each bit has the
// one that was there before in the arrays that are the replies.
void ask_to_set_bits(redis::Commands& commands, const std::string& key,
                     std::span<const std::uint64_t> bits, std::string_view value);
std::size_t commands_for_bits(std::size_t bits) noexcept;

// The reply at the front, which must be an integer, or what is wrong with it.
Result<std::int64_t> take_integer(std::span<const redis::Reply>& replies, std::string_view command);
// ... or any but an error.
Result<const redis::Reply*> take_reply(std::span<const redis::Reply>& replies,
                                       std::string_view command);

}  // namespace optout

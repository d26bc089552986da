// How many different people, within a window of time: counted in Redis, so that all relays count
// together, and so that a message that is tried again counts nobody twice.
//
// Up to kExactUpTo of them are counted exactly: a ZSET of their hashes, each with the time of the
// last mail. The window moves on with every moment.
//
// More are estimated in memory that does not grow, a field of bits (bit_field.h). The standard
// error is 0.3 % of up to 50,000 people and 0.6 % at most, where a HyperLogLog of Redis has 0.81 %.
// Such a window begins with its first mail.
//
// The time is Redis' own (redis_clock.h). Here only commands are composed and replies read; nothing
// is sent. Pure functions; any thread.

#pragma once

#include "guard/bit_field.h"
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

struct Tally {
  std::string key;
  std::chrono::seconds window{};
  std::uint64_t most = 0;  // the largest number that has to be told from a larger one
  bool exact = true;       // only where `most` is small; see tally_of() and estimated()
  // Fewer make no difference: they need not be counted. 0: they do.
  std::uint64_t of_interest = 0;

  std::uint64_t bits() const noexcept;  // of the field, where estimated
  BitField field() const { return {.key = key, .window = window, .bits = bits()}; }

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
  // They were not counted, there may be fewer, and so many would be of interest.
  bool is_doubtful = false;
  // What undoing needs. Exact: when each of them was mailed before, empty if never. Estimated: the
  // bits that were not set before.
  std::vector<std::string> mailed_before{};
  std::vector<std::uint64_t> newly_set{};
};

struct TallyReadings {
  std::vector<TallyReading> of;  // each addition, or the one question
  // Of an estimate: what is to be believed of it from now on, and whether it needs a beginning.
  std::optional<FieldBelief> belief{};
  bool has_no_beginning = false;
};

// How to ask, given what is believed.
FieldInquiry inquiry_for(const Tally& tally, const std::optional<FieldBelief>& belief,
                         std::size_t people, Stamp now);

// Adds people, and asks how many there are then. With nobody to add it only asks.
void ask_tally(redis::Commands& commands, const Tally& tally, std::span<const Addition> additions,
               Stamp now, const FieldInquiry& inquiry = {});

// Takes the replies to that off the front of `replies`: a reading for each addition, and at least
// one.
Result<TallyReadings> read_tally(std::span<const redis::Reply>& replies, const Tally& tally,
                                 std::span<const Addition> additions,
                                 const FieldInquiry& inquiry = {});

// Takes off what one message added: it did not go out. Who had been mailed before stays.
void ask_to_undo(redis::Commands& commands, const Tally& tally, const TallyReading& reading,
                 std::span<const Person> people, Stamp now);

// Whether all of them were counted: who is more than enough was not.
bool counts_all(const Tally& tally, std::span<const Person> people) noexcept;

// Takes off those of its people who are `gone`; of both each once and in order. What is left of the
// reading is that of the others. REQUIRES: counts_all(); takes time that grows with their square.
void ask_to_leave_out(redis::Commands& commands, const Tally& tally, TallyReading& reading,
                      std::span<const Person> people, std::span<const Person> gone, Stamp now);

}  // namespace optout

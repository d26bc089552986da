// A field of bits in Redis in which each person sets one, by its hash: the bits left at zero tell
// how many there were (linear counting: Whang, Vander-Zanden and Taylor, ACM TODS 15(2), 1990). It
// begins with its first bit, and when its window has passed the next one begins.
//
// To count the bits is most of what it costs Redis. So the field also says how many were ever asked
// for since it began: there cannot be more people than that. While this is far from what anybody
// minds, nothing need be counted; see FieldBelief.
//
// The key holds three numbers of 64 bits (when it began, in microseconds by the clock of Redis, or
// 0; bits asked for in the first and in the second row), then the rows. Pure functions; any thread.

#pragma once

#include "redis/commands.h"
#include "redis/reply.h"
#include "util/result.h"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace optout {

// Microseconds since 1970 by the clock of Redis.
using Stamp = std::uint64_t;

struct BitField {
  std::string_view key;
  std::chrono::seconds window{};
  std::uint64_t bits = 0;  // of each row, a multiple of 8
  unsigned rows = 1;       // or 2
};

struct RowNumbers {
  std::uint64_t first = 0;
  std::uint64_t second = 0;

  friend bool operator==(const RowNumbers&, const RowNumbers&) = default;
};

// What was found when the bits were last counted, and what has been asked for since.
struct FieldBelief {
  Stamp began = 0;      // a field that began at another time is another field
  RowNumbers set{};     // bits
  RowNumbers asked{};   // for, until then
  RowNumbers latest{};  // for, until now

  // The most bits that can be set once so many were asked for.
  RowNumbers at_most(const RowNumbers& asked_by_then) const noexcept;
};

// Which commands one question takes.
struct FieldInquiry {
  std::optional<FieldBelief> belief{};
  bool begins = true;  // it may be that there is no field yet
  bool counts = true;
};

struct FieldReading {
  RowNumbers set{};       // bits; unless `counted` at most so many
  RowNumbers at_least{};  // bits
  bool counted = true;
  std::vector<std::uint64_t> newly_set{};
  std::optional<FieldBelief> belief{};  // from now on
  bool has_no_beginning = false;        // so it will not end: begin_field() is wanted
};

// Sets bits: `places` are theirs, those in the second row behind all of the first. With no places
// the bits are counted, and that is all.
void ask_field(redis::Commands& commands, const BitField& field,
               std::span<const std::uint64_t> places, Stamp now, const FieldInquiry& inquiry = {});

// Takes the replies to that off the front of `replies`.
Result<FieldReading> read_field(std::span<const redis::Reply>& replies, const BitField& field,
                                std::span<const std::uint64_t> places,
                                const FieldInquiry& inquiry = {});

// Whether the field is known well enough not to be begun again.
bool is_under_way(const std::optional<FieldBelief>& belief, const BitField& field,
                  Stamp now) noexcept;

// What somebody has begun unawares begins now.
void begin_field(redis::Commands& commands, const BitField& field, Stamp now);

void clear_bits(redis::Commands& commands, const BitField& field,
                std::span<const std::uint64_t> places, Stamp now);

// How many people have set so many of `bits`.
std::uint64_t people_behind(std::uint64_t set, std::uint64_t bits);

// The reply at the front, which must be an integer, or what is wrong with it.
Result<std::int64_t> take_integer(std::span<const redis::Reply>& replies, std::string_view command);
// ... or any but an error.
Result<const redis::Reply*> take_reply(std::span<const redis::Reply>& replies,
                                       std::string_view command);

}  // namespace optout

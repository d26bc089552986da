// Which share of the people a sender wants to mail have opted out: two fields of bits (tally.h) in
// one key, so that both are of the same window. It begins with the first of them.
//
// Who is refused, or not mailed for another reason, was still to be mailed, and counts. Pure
// functions; any thread.

#pragma once

#include "guard/tally.h"

namespace optout {

struct Share {
  std::string key;
  std::chrono::seconds window{};

  friend bool operator==(const Share&, const Share&) = default;
};

struct ShareReading {
  std::uint64_t people = 0;     // all of them
  std::uint64_t opted_out = 0;  // those among them
};

// Adds people, of whom those in `opted_out` have opted out, and asks.
void ask_share(redis::Commands& commands, const Share& share, std::span<const Person> people,
               std::span<const Person> opted_out);

// Takes the replies to that off the front of `replies`, where there were so many people in each.
Result<ShareReading> read_share(std::span<const redis::Reply>& replies, std::size_t people,
                                std::size_t opted_out);

}  // namespace optout

// First match wins: what the order of streams makes of them. Finds streams, and single values of
// their conditions, that mail never gets to because an earlier stream takes all of it, and streams
// that share mail with an earlier one although neither is the special case of the other.
//
// A later stream that is broader than an earlier one is how streams are meant to be written, and
// streams with conditions on different things can always share mail: nothing is said about either.
//
// Pure function.

#pragma once

#include "policy/stream.h"

#include <cstddef>
#include <span>
#include <string>
#include <vector>

namespace optout {

struct OrderFinding {
  enum class Kind {
    unreachable_stream,
    unreachable_value,  // of the condition named
    overlap,
  };

  Kind kind;
  std::size_t later;           // the stream it is about, counted from 0
  std::size_t earlier;         // the first that takes its mail
  std::string condition = {};  // "sender", "header.list-id"
  std::size_t value = 0;       // of that condition, counted from 0

  friend bool operator==(const OrderFinding&, const OrderFinding&) = default;
};

// Of each stream at most one finding of the first or the last kind; in the order of the streams.
// May overlook something in patterns with '?', and what would take more than kMostCompared
// comparisons of two patterns (about a second); never finds what is not there.
std::vector<OrderFinding> order_findings(std::span<const Stream> streams);
inline constexpr std::size_t kMostCompared = 100'000'000;

}  // namespace optout

// How much a limit allows, as people write it: "500 per 1h", "20% of at least 50 per 1h", "100".
//
// Other ways to write the same are understood where they are clear: "500/1h", "500 in 60 minutes",
// "500 per hour". What -T prints is guard/limit.h's amount_text().
//
// Pure functions; any thread.

#pragma once

#include "config/types.h"
#include "guard/limit.h"

#include <chrono>
#include <cstdint>
#include <string_view>

namespace optout {

struct LimitAmount {
  std::uint64_t most = 0;
  unsigned percent = 0;           // zero where a limit of this kind has none
  std::chrono::seconds window{};  // likewise

  friend bool operator==(const LimitAmount&, const LimitAmount&) = default;
};

Type<LimitAmount> limit_amount_type(LimitKind kind);

// "500 per 1h": an example for complaints.
std::string_view example_amount(LimitKind kind) noexcept;

}  // namespace optout

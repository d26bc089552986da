// What the bulk guard says about one message: pure, so that it can be read, tested, and played with
// past traffic (optoutctl guard simulate).

#pragma once

#include "guard/limit.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace optout {

// One limit as it stands with this message's people counted in.
struct LimitStanding {
  std::uint64_t people = 0;  // within the window, or in this message; of opted_out: those addressed
  std::uint64_t opted_out = 0;  // of opted_out: those among them
  bool applies = true;          // false: the limit is not about messages like this one
  bool tripped = false;         // before this message, and the window has not passed yet
  bool warned = false;          // within this window
};

struct GuardVerdict {
  std::optional<Step> step;           // nothing: the message may pass. warn: it may, too
  std::optional<std::size_t> limit;   // which one says so: the severest; of several, the first
  std::vector<std::size_t> trips;     // passed by this message
  std::vector<std::size_t> warnings;  // near enough to say so, and it was not said yet

  // Whether mail does not go out as it would without the guard.
  bool stops() const noexcept { return step && *step != Step::warn; }

  friend bool operator==(const GuardVerdict&, const GuardVerdict&) = default;
};

// Whether so many are too many.
bool is_over(const Limit& limit, const LimitStanding& standing) noexcept;
// Whether they are at least `percent` of what is allowed.
bool is_near(const Limit& limit, const LimitStanding& standing, unsigned percent) noexcept;

// `standings` are those of `limits`, in the same order.
GuardVerdict judge_bulk(std::span<const Limit> limits, std::span<const LimitStanding> standings,
                        unsigned warn_at);

}  // namespace optout

// How the settings of the bulk guard go together: warnings about those that have no effect.

#pragma once

#include "config/limits.h"
#include "guard/options.h"

#include <span>
#include <string_view>
#include <vector>

namespace optout {

// A sender with limits of its own, and where it was written.
struct WrittenSender {
  SenderRule rule;
  Place who;
};

// Limits of one list that stop nobody, as another one does before they can.
void check_limits(std::span<const WrittenLimit> limits, std::string_view entry, Report& report);

// Senders that an earlier one takes, or that nobody is ever called.
void check_senders(std::span<const WrittenSender> senders, std::span<const IdentityKind> identity,
                   Report& report);

inline constexpr std::string_view kGuardIsOff = "has no effect while guard.mode is off";

}  // namespace optout

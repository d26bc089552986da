// A day as people write it: 2026-11-22, always UTC.

#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace optout {

// "2026-11-22"
std::string day_text(std::chrono::sys_days day);

// The other way round; nothing for any other text, and for days that no calendar has.
std::optional<std::chrono::sys_days> parse_day(std::string_view text) noexcept;

std::chrono::sys_days today() noexcept;

}  // namespace optout

// Patterns as a shell writes them: '*' stands for any text, also none, '?' for one octet. Nothing
// is escaped, and case counts: whoever wants none lowers both sides.

#pragma once

#include <string_view>

namespace optout {

inline bool is_glob(std::string_view pattern) noexcept {
  return pattern.find_first_of("*?") != std::string_view::npos;
}

// In time proportional to the product of both lengths at worst; no recursion, no memory.
bool glob_matches(std::string_view pattern, std::string_view text) noexcept;

// Whether `wide` matches every text that `narrow` matches. May say no where a cleverer look would
// say yes, never the other way round.
bool glob_covers(std::string_view wide, std::string_view narrow) noexcept;

// Whether some text matches both.
bool globs_overlap(std::string_view a, std::string_view b);

}  // namespace optout

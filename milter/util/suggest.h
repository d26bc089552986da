// "Did you mean …?": the known word nearest to a mistyped one.

#pragma once

#include <span>
#include <string_view>

namespace optout {

// The candidate within two typing slips of `word` (a letter too many, too few, wrong, or two
// swapped; three slips for words over eight letters), or nothing. Case and the difference of '-'
// and '_' cost nothing.
std::string_view nearest(std::string_view word, std::span<const std::string_view> candidates);

}  // namespace optout

// The names of all settings, and what to say about names that are none.

#pragma once

#include <span>
#include <string_view>

namespace optout {

// Every setting the reader asks for, as the manual names it: "redis.timeout", "streams[].reply".
// tests/unit/config holds it against what the reader asks for, the shipped file and the manual.
std::span<const std::string_view> known_settings();

// The one known setting whose last word is `word` ("timeout" gives "redis.timeout"), or nothing.
std::string_view setting_ending_in(std::string_view word);

// A sentence about a name that is no setting but has a good reason to be tried: settings of later
// versions, and what other programs call ours. Empty for any other name.
std::string_view why_not_known(std::string_view setting);

}  // namespace optout

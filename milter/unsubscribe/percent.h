// Percent-encoding (RFC 3986 section 2.1). '+' is a plus sign, never a space (ML-02).
//
// Pure functions; any thread.

#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace optout {

// Every octet encoded that is neither unreserved (letters, digits, "-._~") nor in `kept`.
std::string percent_encoded(std::string_view text, std::string_view kept = {});

// Decoded once: "%2540" gives "%40" (ML-01). Nothing where a percent sign has no two hexadecimal
// digits behind it.
std::optional<std::string> percent_decoded(std::string_view text);

// Whether percent_decoded() would give something.
bool is_percent_encoded(std::string_view text) noexcept;

// percent_decoded() with another character in the place of the percent sign.
std::optional<std::string> hex_decoded(std::string_view text, char escape);

}  // namespace optout

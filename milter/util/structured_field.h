// Passing over what means nothing in a structured header field: comments and quoted strings
// (RFC 5322 3.2.2, 3.2.4). Linear, without recursion, whatever stands there (AT-18).

#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace optout {

inline constexpr std::size_t kNeverEnds = std::string_view::npos;

// The index behind the comment or quoted string that begins at `at`, or kNeverEnds.
std::size_t behind_comment(std::string_view text, std::size_t at) noexcept;
std::size_t behind_quoted_string(std::string_view text, std::size_t at) noexcept;

constexpr bool is_folding_space(char c) noexcept {
  return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

std::string_view without_space_around(std::string_view text) noexcept;

// The first word of a field's value, behind comments and white space, up to white space, a comment
// or a parameter: "auto-replied" of "(why) auto-replied; x=1".
std::string_view first_word(std::string_view value) noexcept;

// What the value of Content-Type begins with, without the white space and the comments that may
// stand around its slash (RFC 2045 5.1): "multipart/report" of "multipart / report; x=1".
std::string media_type(std::string_view content_type);

}  // namespace optout

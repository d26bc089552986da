// Reading UTF-8 strictly: no overlong forms, no surrogates, nothing above U+10FFFF.
//
// Pure functions; any thread.

#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace optout {

// The code point that begins at `text[at]`, with `at` moved behind it; or a negative number where
// there is none, with `at` moved on by one octet. REQUIRES: at < text.size().
std::int32_t next_code_point(std::string_view text, std::size_t& at) noexcept;

bool is_utf8(std::string_view text) noexcept;

// `text` without the byte order mark that some editors write in front of it, unseen.
std::string_view without_byte_order_mark(std::string_view text) noexcept;

}  // namespace optout

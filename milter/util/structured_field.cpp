#include "util/structured_field.h"

#include <algorithm>

namespace optout {

std::size_t behind_comment(std::string_view text, std::size_t at) noexcept {
  std::size_t depth = 0;
  for (; at < text.size(); ++at) {
    if (text[at] == '\\') {
      ++at;
    } else if (text[at] == '(') {
      ++depth;
    } else if (text[at] == ')' && --depth == 0) {
      return at + 1;
    }
  }
  return kNeverEnds;
}

std::size_t behind_quoted_string(std::string_view text, std::size_t at) noexcept {
  for (++at; at < text.size(); ++at) {
    if (text[at] == '\\') {
      ++at;
    } else if (text[at] == '"') {
      return at + 1;
    }
  }
  return kNeverEnds;
}

std::string_view without_space_around(std::string_view text) noexcept {
  while (!text.empty() && is_folding_space(text.front()))
    text.remove_prefix(1);
  while (!text.empty() && is_folding_space(text.back()))
    text.remove_suffix(1);
  return text;
}

std::string_view first_word(std::string_view value) noexcept {
  std::size_t at = 0;
  while (at < value.size() && (value[at] == '(' || is_folding_space(value[at])))
    at = value[at] == '(' ? behind_comment(value, at) : at + 1;
  value.remove_prefix(std::min(at, value.size()));
  return value.substr(0, value.find_first_of(" \t\r\n;("));
}

std::string media_type(std::string_view content_type) {
  std::string type;
  for (;;) {
    const std::string_view word = first_word(content_type);
    const bool is_next = type.empty() || type.back() == '/' ||
                         (word.starts_with('/') && type.find('/') == std::string::npos);
    if (word.empty() || !is_next) return type;
    type += word;
    content_type.remove_prefix(static_cast<std::size_t>(word.end() - content_type.begin()));
  }
}

}  // namespace optout

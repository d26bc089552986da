#include "util/structured_field.h"

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

}  // namespace optout

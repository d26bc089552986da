#include "policy/from_address.h"

#include "address/lookup_key.h"
#include "util/structured_field.h"

namespace optout {
namespace {

// The index behind the comment, the quoted string or the single character that begins at `at`.
std::size_t behind(std::string_view value, std::size_t at) {
  if (value[at] == '(') return behind_comment(value, at);
  return value[at] == '"' ? behind_quoted_string(value, at) : at + 1;
}

}  // namespace

std::optional<std::string> from_address(std::string_view value) {
  std::optional<std::string_view> bracketed;  // what stands in angle brackets
  for (std::size_t at = 0; at < value.size();) {
    const char c = value[at];
    std::size_t next = behind(value, at);
    const bool is_behind_brackets = bracketed && next == at + 1 && !is_folding_space(c);
    if (c == ',' || c == ';' || c == '>' || next == kNeverEnds || is_behind_brackets)
      return std::nullopt;  // several mailboxes, a group, or no address at all
    if (c == '<') {
      const std::size_t begin = next;
      while (next < value.size() && value[next] != '>')
        next = behind(value, next);
      if (next >= value.size()) return std::nullopt;
      bracketed = value.substr(begin, next - begin);
      ++next;
    }
    at = next;
  }
  LookupKey key = lookup_key(without_comments(bracketed.value_or(value)));
  if (key.status != KeyStatus::ok) return std::nullopt;
  return std::move(key.key);
}

}  // namespace optout

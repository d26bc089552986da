#include "policy/from_address.h"

#include "address/lookup_key.h"
#include "util/structured_field.h"

namespace optout {

std::optional<std::string> from_address(std::string_view value) {
  std::string bare;       // the value without comments, up to a bracket
  std::string bracketed;  // what stands in angle brackets
  bool has_bracketed = false;
  for (std::size_t at = 0; at < value.size();) {
    const char c = value[at];
    std::size_t next = at + 1;
    if (c == '(') {
      next = behind_comment(value, at);
      if (next == kNeverEnds) return std::nullopt;
    } else if (c == '"') {
      next = behind_quoted_string(value, at);
      if (next == kNeverEnds) return std::nullopt;
      bare.append(value.substr(at, next - at));
    } else if (c == ',' || c == ';' || c == '>') {
      return std::nullopt;  // several mailboxes, a group, or no address at all
    } else if (c == '<') {
      if (has_bracketed) return std::nullopt;
      has_bracketed = true;
      for (at = next; at < value.size() && value[at] != '>'; at = next) {
        next = value[at] == '"' ? behind_quoted_string(value, at) : at + 1;
        if (next == kNeverEnds) return std::nullopt;
        bracketed.append(value.substr(at, next - at));
      }
      if (at >= value.size()) return std::nullopt;
      next = at + 1;
    } else {
      if (has_bracketed && !is_folding_space(c)) return std::nullopt;
      bare += c;
    }
    at = next;
  }
  const std::string_view address = without_space_around(has_bracketed ? bracketed : bare);
  LookupKey key = lookup_key(address);
  if (key.status != KeyStatus::ok) return std::nullopt;
  return std::move(key.key);
}

}  // namespace optout

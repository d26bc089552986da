// without_comments: what RFC 5322 lets stand around the words of an address and SMTP does not,
// though MTAs take it.

#include "address/lookup_key.h"
#include "util/structured_field.h"

namespace optout {
namespace {

bool ends_a_word(char c) {
  return c == '.' || c == '@';
}

}  // namespace

std::string without_comments(std::string_view mailbox) {
  std::string result;
  result.reserve(mailbox.size());
  bool skipped = false;
  for (std::size_t at = 0; at < mailbox.size();) {
    const char c = mailbox[at];
    std::size_t next = at + 1;
    if (c == '(' || is_folding_space(c)) {
      if (c == '(') next = behind_comment(mailbox, at);
      skipped = true;
    } else {
      if (skipped && !result.empty() && !ends_a_word(result.back()) && !ends_a_word(c)) return {};
      skipped = false;
      if (c == '"') next = behind_quoted_string(mailbox, at);
      result += mailbox.substr(at, next - at);
    }
    if (next == kNeverEnds) return {};
    at = next;
  }
  return result;
}

}  // namespace optout

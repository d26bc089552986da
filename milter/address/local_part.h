// The local part: what it says, whichever way it is quoted, and its one canonical spelling.
//
// Only the quoting is interpreted. Plus tags, dots, "%", "!", "prvs=" and "SRS0=" mean something to
// the host that the mail is for, and to nobody else (AD-09).
//
// Pure functions; any thread.

#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace optout {

struct LocalPart {
  std::string content;     // what the quotes and backslashes stand for
  std::size_t length = 0;  // octets it takes in the text it was read from
};

// The local part that `text` begins with: words with dots between, each an atom or quoted, up to
// the first octet that can belong to none. Words may be empty ("ann..b", "ann."): such mailboxes
// exist (AD-25). Nothing if a quote is not closed or stands inside a word.
std::optional<LocalPart> read_local_part(std::string_view text);

// The canonical spelling: folded, and quoted only where needed (AD-05). Nothing if `content` is no
// UTF-8.
std::optional<std::string> canonical_local_part(std::string_view content);

// Whether `text` can stand as a local part without quotes.
bool is_dot_atom(std::string_view text) noexcept;

}  // namespace optout

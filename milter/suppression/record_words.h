// The words of which records in Redis are made: one line an administrator can read, and any script
// can split.
//
//   since=2026-03-02T10:00:00Z source=admin by=root reason=asked%20by%20phone
//
// Words are separated by single spaces; in values everything but visible ASCII without '%' is
// percent-encoded (RFC 3986 2.1). Readers ignore words they do not know, so newer versions may add
// some. Texts come from mail: they are bounded here, as they are written, and nowhere else.
//
// Pure functions; any thread.

#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace optout {

// As many octets of a text are kept: a whole line of a header, and what optoutctl lets people
// write.
inline constexpr std::size_t kLongestText = 1000;

// The beginning of `text`, at most `limit` octets, without half a character of UTF-8 at its end.
std::string_view bounded(std::string_view text, std::size_t limit = kLongestText) noexcept;

// Adds "name=value" to the words in `record`; nothing for an empty value.
void add_word(std::string& record, std::string_view name, std::string_view value);

struct RecordWord {
  std::string_view name;
  std::string value;  // decoded
};

// Takes the first word that has a name off `record`; nothing if there is none left.
std::optional<RecordWord> take_word(std::string_view& record);

}  // namespace optout

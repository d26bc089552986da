// What the files of keys have in common: one "number:64 hex digits" a line, perhaps with words
// behind, '#' comments, blank lines, byte order marks of editors. A key is never printed.
//
// Whoever can read such a file knows the secrets, and whoever can change it puts his own in their
// place; so a file that others than owner and group can read or write is refused.

#pragma once

#include "config/complaint.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace optout {

inline constexpr std::size_t kKeyOctets = 32;

struct KeyLine {
  unsigned number = 0;
  std::string secret;              // kKeyOctets
  std::vector<std::string> words;  // behind it
  Place place;
};

// The lines of the file at `path`, each with another number from 1 to `highest`. What is wrong with
// a line is complained of at that line, what is wrong with the file at `named_at`, where `setting`
// names it. `takes_words`: words may stand behind a key.
std::vector<KeyLine> read_key_lines(const std::string& path, Place named_at,
                                    std::string_view setting, unsigned highest, bool takes_words,
                                    Report& report);

// The number that such a line begins with; nothing where it is a comment, blank, or no key.
std::optional<unsigned> number_of_key_line(std::string_view line);

}  // namespace optout

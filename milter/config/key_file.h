// The file of digest keys: one "number:64 hex digits" a line (key_lines.h).
//
// Whoever can read it can find out who is in a digest store, and whoever can change it can make
// every lookup miss.

#pragma once

#include "config/complaint.h"

#include <map>
#include <string>
#include <string_view>

namespace optout {

inline constexpr unsigned kHighestDigestKey = 999;

// The keys in the file at `path`, by number. What is wrong with a line is complained of at that
// line, what is wrong with the file at `named_at`, where `setting` names it.
std::map<unsigned, std::string> read_key_file(const std::string& path, Place named_at,
                                              std::string_view setting, Report& report);

}  // namespace optout

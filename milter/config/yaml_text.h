// YAML text to a Value tree: the only file that includes yaml-cpp.
//
// yaml-cpp is used for its events, not its nodes, as its nodes forget what an administrator must be
// told: it keeps repeated keys, follows aliases (a few lines can stand for gigabytes), ends a file
// at octet 0x04, and takes a quote that is never closed for a value that reaches to the end of the
// file. Here each of these is a complaint.

#pragma once

#include "config/complaint.h"
#include "config/value.h"

#include <cstddef>
#include <optional>
#include <string_view>

namespace optout {

// Enough for what -T prints of as many streams as there may be.
inline constexpr std::size_t kMostYamlOctets = std::size_t{8} << 20;
inline constexpr std::size_t kMostYamlValues = 400000;
inline constexpr std::size_t kDeepestYaml = 8;

// The settings in `text`, an empty map for an empty file, or nothing where it cannot be understood
// as a whole. Whatever is wrong is complained of under file number `file`.
std::optional<Value> parse_yaml(std::string_view text, int file, Report& report);

}  // namespace optout

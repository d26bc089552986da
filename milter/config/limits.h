// One limit of the bulk guard, and lists of them: those of everybody, of some senders, of streams.

#pragma once

#include "config/section.h"
#include "guard/options.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace optout {

// A limit, and where it was written.
struct WrittenLimit {
  Limit limit;
  Place place;
};

// Reads the entries of `list`, and warns of those that have no effect beside the others. `entry` is
// what one is called in complaints: "guard.limits[]". What is wrong is left out.
std::vector<WrittenLimit> read_limits(const Value& list, std::string_view entry,
                                      Findings& findings);

Limits without_places(const std::vector<WrittenLimit>& written);

// The setting `key` of `section`, which is off, a list of limits, or "on" where `on_too`. Nothing
// where it is absent, on, or complained of.
std::optional<OwnLimits> read_own_limits(Section& section, std::string_view key,
                                         std::string_view entry, bool on_too, Findings& findings);

// As YAML: "{recipients: 500 per 1h, then: hold}", and "off" or a list of such.
std::string limit_text(const Limit& limit);
std::string own_limits_text(const OwnLimits& own);

}  // namespace optout

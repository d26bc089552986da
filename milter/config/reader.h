// Reads the configuration: files in, a checked Config out, or every complaint at once.
//
//   text -> Value tree (yaml_text) -> merged with conf.d (value) -> Sections (section, types) ->
//   Options structs (settings_*) -> cross-checks (here)
//
// Never throws but for lack of memory; any thread, as nothing is shared.

#pragma once

#include "config/complaint.h"
#include "config/config.h"
#include "config/known_settings.h"
#include "config/section.h"

#include <string>
#include <string_view>
#include <vector>

namespace optout {

// What both programs read where -c names no other.
inline constexpr std::string_view kDefaultConfigFile =
    OPTOUT_SYSCONFDIR "/optout-milter/optout-milter.yaml";

struct Loaded {
  Config config;  // meaningful if usable()
  std::vector<Complaint> complaints;
  std::vector<Effective> effective;  // in the order of the manual

  bool usable() const noexcept;  // no complaint but warnings

  // "3 errors, 1 warning"; empty where there are none.
  std::string summary() const;
};

// Reads the file at `path`, then conf.d/*.yaml beside it in the order of their names: maps merge,
// all else replaces. Reads the keys for digests and tokens too, so that what it returns needs no
// further file to decide about mail.
Loaded load_config(const std::string& path);

// The same for text that is in memory already.
Loaded parse_config(std::string_view text, const std::string& file_name);

// The configuration in effect as YAML that reads back to the same Config (but for a password in
// redis.url, shown as ***), each line with where it came from. Comments behind it say when mail of
// which stream is decided.
std::string describe_effective(const Loaded& loaded);

// Settings that differ but cannot change while running: the reload keeps the old value and says so.
std::vector<std::string> needs_restart(const Config& running, const Config& next);

// All of these.
std::vector<std::string> all_that_need_restart();

}  // namespace optout

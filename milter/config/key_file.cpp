#include "config/key_file.h"

#include "config/key_lines.h"

namespace optout {

std::map<unsigned, std::string> read_key_file(const std::string& path, Place named_at,
                                              std::string_view setting, Report& report) {
  std::map<unsigned, std::string> keys;
  for (KeyLine& line : read_key_lines(path, named_at, setting, kHighestDigestKey, false, report))
    keys.emplace(line.number, std::move(line.secret));
  return keys;
}

}  // namespace optout

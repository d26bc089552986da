// -T: the settings in effect as YAML again, from the list that reading them left.

#include "config/reader.h"
#include "log/log.h"

#include <fmt/format.h>

#include <string>
#include <string_view>

namespace optout {

std::string describe_effective(const Loaded& loaded) {
  constexpr std::size_t kCommentColumn = 56;
  constexpr std::size_t kLongestOrigin = 4096;
  std::string out;
  std::string_view section;  // the one that is open
  for (const auto& [setting, value, origin] : loaded.effective) {
    const std::string_view name = setting;
    const auto dot = name.rfind('.');
    const std::string_view parent =
        dot == std::string_view::npos ? std::string_view{} : name.substr(0, dot);
    const std::string_view key = dot == std::string_view::npos ? name : name.substr(dot + 1);
    const bool in_list = parent.ends_with("[]");
    const bool first = parent != section;
    if (first && !parent.empty()) {
      out += fmt::format("{}:\n", in_list ? parent.substr(0, parent.size() - 2) : parent);
    }
    const std::string_view indent = parent.empty() ? "" : !in_list ? "  " : first ? "  - " : "    ";
    section = parent;
    const std::string line = fmt::format("{}{}: {}", indent, key, value);
    out +=
        fmt::format("{:<{}}  # {}\n", line, kCommentColumn, log::escaped(origin, kLongestOrigin));
  }
  return out;
}

}  // namespace optout

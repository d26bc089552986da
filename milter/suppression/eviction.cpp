#include "suppression/eviction.h"

#include <algorithm>
#include <string_view>

namespace optout {
namespace {

// Of lines of "name:value\r\n".
std::string_view value_of(std::string_view name, std::string_view info) {
  while (!info.empty()) {
    std::string_view line = info.substr(0, info.find('\n'));
    info.remove_prefix(std::min(info.size(), line.size() + 1));
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.starts_with(name) && line.substr(name.size()).starts_with(':'))
      return line.substr(name.size() + 1);
  }
  return {};
}

}  // namespace

std::optional<std::string> evicting_policy(const redis::Reply& info) {
  const std::string_view limit = value_of("maxmemory", info.text());
  const std::string_view policy = value_of("maxmemory_policy", info.text());
  if (info.is_error() || limit.empty() || limit == "0" || !policy.starts_with("allkeys-"))
    return std::nullopt;
  return std::string(policy);
}

}  // namespace optout

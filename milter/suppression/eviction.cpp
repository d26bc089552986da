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

Result<std::optional<std::string>> evicting_policy(redis::Executor& redis) {
  redis::Commands question;
  question.add({"INFO", "memory"});
  const auto replies = redis.run(question, redis.deadline(), redis::Executor::Repeat::yes);
  if (!replies) return replies.error();
  std::optional<std::string> found;
  if (replies->empty() || !replies->front().is_string()) return found;
  const std::string_view info = replies->front().text();
  const std::string_view limit = value_of("maxmemory", info);
  const std::string_view policy = value_of("maxmemory_policy", info);
  const bool is_limited = !limit.empty() && limit != "0";
  if (is_limited && policy.starts_with("allkeys-")) found = policy;
  return found;
}

}  // namespace optout

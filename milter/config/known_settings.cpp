#include "config/known_settings.h"

#include <algorithm>
#include <array>
#include <utility>

namespace optout {
namespace {

constexpr auto kSettings = std::to_array<std::string_view>({
    "listen",
    "socket.mode",
    "socket.group",
    "mode",
    "redis.url",
    "redis.password_file",
    "redis.prefix",
    "redis.timeout",
    "redis.on_outage",
    "addresses.store",
    "addresses.plus_tags",
    "addresses.digest_keys",
    "our_domains",
    "streams[].name",
    "streams[].honours",
    "streams[].on_opted_out",
    "streams[].on_mixed",
    "streams[].on_outage",
    "streams[].reply",
    "log.destination",
    "log.addresses",
});

constexpr std::string_view kLater = "not in this version";
constexpr std::string_view kInUrl =
    "unknown setting (it is a part of redis.url, as in redis://user@host:6379/0)";

constexpr auto kNotKnown = std::to_array<std::pair<std::string_view, std::string_view>>({
    {"unsubscribe", kLater},
    {"guard", kLater},
    {"metrics", kLater},
    {"tenants", kLater},
    {"web", kLater},
    {"intake", kLater},
    {"redis.shards", kLater},
    {"redis.wait", kLater},
    {"redis.tls", kLater},
    {"redis.sentinel", kLater},
    {"redis.cluster", kLater},
    {"streams[].when", "not in this version, which has only the default stream; it takes all mail"},
    {"streams[].list_unsubscribe", kLater},
    {"streams[].guard", kLater},
    {"streams[].limits", kLater},
    {"streams[].recipients_only", kLater},
    {"streams[].tenant", kLater},
    {"redis.host", kInUrl},
    {"redis.port", kInUrl},
    {"redis.user", kInUrl},
    {"redis.username", kInUrl},
    {"redis.db", kInUrl},
    {"redis.database", kInUrl},
    {"redis.socket", "unknown setting (it is redis.url, as in unix:/run/redis/redis-server.sock)"},
    {"redis.password", "unknown setting (write it to a file and name that in redis.password_file)"},
});

}  // namespace

std::span<const std::string_view> known_settings() {
  return kSettings;
}

std::string_view setting_ending_in(std::string_view word) {
  std::string_view found;
  for (const std::string_view setting : kSettings) {
    const auto dot = setting.rfind('.');
    if (dot == std::string_view::npos || setting.substr(dot + 1) != word) continue;
    if (!found.empty()) return {};  // more than one: say nothing rather than guess
    found = setting;
  }
  return found;
}

std::string_view why_not_known(std::string_view setting) {
  if (setting.ends_with("<<")) return "YAML merge keys (<<) are not supported";
  const auto found = std::find_if(kNotKnown.begin(), kNotKnown.end(),
                                  [&](const auto& entry) { return entry.first == setting; });
  return found == kNotKnown.end() ? std::string_view{} : found->second;
}

}  // namespace optout

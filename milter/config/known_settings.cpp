#include "config/known_settings.h"

#include "address/ascii.h"

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
    "unsubscribe.domain",
    "unsubscribe.link",
    "unsubscribe.one_click",
    "unsubscribe.keys",
    "unsubscribe.scope",
    "unsubscribe.keep_from",
    "unsubscribe.confirm",
    "unsubscribe.confirm_via",
    "guard.mode",
    "guard.identity",
    "guard.limits",
    "guard.warn_at",
    "guard.on_outage",
    "guard.senders",
    "guard.notify",
    "guard.notify_via",
    "streams[].name",
    "streams[].mode",
    "streams[].when.sender",
    "streams[].when.from",
    "streams[].when.auth",
    "streams[].when.client",
    "streams[].when.listener",
    "streams[].when.header",
    "streams[].tenant",
    "streams[].honours",
    "streams[].recipients_only",
    "streams[].on_opted_out",
    "streams[].on_mixed",
    "streams[].on_outage",
    "streams[].reply",
    "streams[].list_unsubscribe",
    "streams[].bad_token",
    "streams[].guard",
    "metrics.listen",
    "log.destination",
    "log.addresses",
});

constexpr std::string_view kLater = "not in this version";
constexpr std::string_view kInUrl =
    "unknown setting (it is a part of redis.url, as in redis://user@host:6379/0)";
constexpr std::string_view kHeader = "unknown setting (write header: { name of the field: value })";
constexpr std::string_view kAuth = "unknown setting (did you mean streams[].when.auth?)";
constexpr std::string_view kClient = "unknown setting (did you mean streams[].when.client?)";
constexpr std::string_view kListener =
    "unknown setting (did you mean streams[].when.listener? it is {daemon_name} of the MTA)";
constexpr std::string_view kSender = "unknown setting (did you mean streams[].when.sender?)";
constexpr std::string_view kRecipient =
    "unknown setting (a stream is told by who sends what; streams[].recipients_only says who may "
    "get it)";
constexpr std::string_view kOwnLimits =
    "unknown setting (write senders: [{ who: \"auth:crm\", limits: off }])";
constexpr std::string_view kWho = "unknown setting (did you mean guard.senders[].who?)";
constexpr std::string_view kThen = "unknown setting (did you mean then?)";
constexpr std::string_view kStreamLimits = "unknown setting (did you mean streams[].guard?)";

// Names that other programs write in other ways: case does not count, nor do '_' and '-' differ.
constexpr auto kNotKnown = std::to_array<std::pair<std::string_view, std::string_view>>({
    {"tenants", kLater},
    {"web", kLater},
    {"intake", kLater},
    {"redis.shards", kLater},
    {"redis.wait", kLater},
    {"redis.tls", kLater},
    {"redis.sentinel", kLater},
    {"redis.cluster", kLater},
    {"guard.limit", "unknown setting (did you mean guard.limits?)"},
    {"guard.exempt", kOwnLimits},
    {"guard.senders[].name", kWho},
    {"guard.senders[].sender", kWho},
    {"guard.senders[].guard", "unknown setting (did you mean guard.senders[].limits?)"},
    {"guard.limits[].action", kThen},
    {"guard.senders[].limits[].action", kThen},
    {"streams[].guard[].action", kThen},
    {"guard.streams", kStreamLimits},
    {"streams[].limit", kStreamLimits},
    {"streams[].limits", kStreamLimits},
    {"unsubscribe.url", "unknown setting (did you mean unsubscribe.link?)"},
    {"unsubscribe.mailto", "unknown setting (did you mean unsubscribe.domain?)"},
    {"streams[].list-unsubscribe-post",
     "unknown setting (it goes with list_unsubscribe; see unsubscribe.one_click)"},
    {"streams[].when.list-id", "unknown setting (write header: { List-Id: news.example.com })"},
    {"streams[].when.list-unsubscribe", kHeader},
    {"streams[].when.subject", kHeader},
    {"streams[].when.headers", "unknown setting (did you mean streams[].when.header?)"},
    {"streams[].when.user", kAuth},
    {"streams[].when.username", kAuth},
    {"streams[].when.login", kAuth},
    {"streams[].when.sasl", kAuth},
    {"streams[].when.sasl-user", kAuth},
    {"streams[].when.sasl-username", kAuth},
    {"streams[].when.ip", kClient},
    {"streams[].when.cidr", kClient},
    {"streams[].when.network", kClient},
    {"streams[].when.address", kClient},
    {"streams[].when.daemon", kListener},
    {"streams[].when.daemon-name", kListener},
    {"streams[].when.port", kListener},
    {"streams[].when.mail-from", kSender},
    {"streams[].when.envelope-from", kSender},
    {"streams[].when.return-path", kSender},
    {"streams[].when.to", kRecipient},
    {"streams[].when.recipient", kRecipient},
    {"streams[].when.recipients", kRecipient},
    {"metrics.port", "unknown setting (it is a part of metrics.listen, as in 127.0.0.1:9894)"},
    {"metrics.address", "unknown setting (did you mean metrics.listen?)"},
    {"redis.host", kInUrl},
    {"redis.port", kInUrl},
    {"redis.user", kInUrl},
    {"redis.username", kInUrl},
    {"redis.db", kInUrl},
    {"redis.database", kInUrl},
    {"redis.socket", "unknown setting (it is redis.url, as in unix:/run/redis/redis-server.sock)"},
    {"redis.password", "unknown setting (write it to a file and name that in redis.password_file)"},
});

bool sounds_like(std::string_view known, std::string_view setting) {
  const auto same = [](char k, char s) {
    return k == (s == '_' ? '-' : ascii::lower(s)) || k == s;
  };
  return std::equal(known.begin(), known.end(), setting.begin(), setting.end(), same);
}

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
  const auto found = std::find_if(kNotKnown.begin(), kNotKnown.end(), [&](const auto& entry) {
    return sounds_like(entry.first, setting);
  });
  return found == kNotKnown.end() ? std::string_view{} : found->second;
}

}  // namespace optout

// redis: how to reach it, and what happens to mail when it cannot be reached.

#include "config/settings.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <system_error>

namespace optout {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t kLongestPrefix = 64;
constexpr unsigned kOthersMayRead = 0004;

Type<RedisOptions> url_type() {
  const auto parse = [](std::string_view text) -> Parsed<RedisOptions> {
    auto parsed = parse_redis_url(
        text);  // its sentence never contains the URL: there may be a password in it
    if (auto* problem = std::get_if<std::string>(&parsed)) return Problem{std::move(*problem)};
    return std::get<RedisOptions>(std::move(parsed));
  };
  return {parse, [](const RedisOptions& options) { return yaml_scalar(redis_url(options)); }};
}

Type<std::string> prefix_type() {
  return text_type([](std::string_view text) -> std::string {
    const auto allowed = [](char c) { return c > 0x20 && c < 0x7F && c != '{' && c != '}'; };
    if (text.empty()) return "may not be empty (write \"optout:\")";
    if (text.size() > kLongestPrefix) {
      return fmt::format("is {} octets long; {} are allowed", text.size(), kLongestPrefix);
    }
    if (!std::all_of(text.begin(), text.end(), allowed)) {
      return in_quotes(text) + " must be printable ASCII without spaces and braces";
    }
    return {};
  });
}

// The daemon reads the file at every connect, so what is wrong with it now need not stop anything.
void check_password_file(Section& redis, Place place, const std::string& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) {
    redis.warning(place, "password_file",
                  fmt::format("{} cannot be read now: {}", in_quotes(path),
                              std::generic_category().message(errno)));
  } else if (!S_ISREG(status.st_mode)) {
    redis.error(place, "password_file", in_quotes(path) + " is not a regular file");
  } else if ((status.st_mode & kOthersMayRead) != 0) {
    redis.warning(place, "password_file",
                  fmt::format("{} may be read by everybody (chmod 640 {})", in_quotes(path), path));
  }
}

std::string percent_encoded(std::string_view text, std::string_view also_plain) {
  std::string out;
  for (const char c : text) {
    const bool plain = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
                       also_plain.find(c) != std::string_view::npos;
    if (plain) {
      out += c;
    } else {
      out += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
  }
  return out;
}

}  // namespace

Type<OnOutage> outage_type() {
  return word_type<OnOutage>({{"defer", OnOutage::defer}, {"accept", OnOutage::accept}},
                             {"last_known"});
}

std::string redis_url(const RedisOptions& options) {
  std::string who = percent_encoded(options.user, "-._~");
  if (!options.password.empty()) who += ":***";
  if (!who.empty()) who += '@';
  if (!options.address.is_unix()) {
    const std::string where = options.address.to_string().substr(std::string_view("inet:").size());
    return fmt::format("redis://{}{}/{}", who, where, options.database);
  }
  const std::string path = percent_encoded(options.address.path, "-._~/:@+=,");
  const std::string query = options.database == 0 ? "" : fmt::format("?db={}", options.database);
  const bool short_form = who.empty() && !path.starts_with("//");
  return fmt::format("{}{}{}{}", short_form ? "unix:" : "unix://", who, path, query);
}

Inherited<OnOutage> read_redis(Section& root, RedisOptions& options, std::string& prefix) {
  Section redis = root.section("redis");
  const auto url = redis.read("url", options, url_type());
  if (url && !options.password.empty()) {
    redis.warning(*url, "url",
                  "a password in the URL is seen by all who may read this file "
                  "(write it to a file and name that in redis.password_file)");
  }
  if (const auto at = redis.read("password_file", options.password_file, path_type());
      at && !options.password_file.empty()) {
    check_password_file(redis, *at, options.password_file);
  }
  if (const auto at = redis.read("prefix", prefix, prefix_type()); at && prefix.back() != ':') {
    redis.warning(*at, "prefix",
                  fmt::format("does not end in \":\", so that keys read {}set:global", prefix));
  }
  redis.read("timeout", options.timeout, duration_type(10ms, 10s));

  Inherited<OnOutage> outage{OnOutage::defer};
  const auto at = redis.read("on_outage", outage.value, outage_type());
  if (at) outage.origin = redis.origin("on_outage");
  if (at && outage.value == OnOutage::accept)
    redis.warning(*at, "on_outage", std::string(kAcceptWarning));
  return outage;
}

}  // namespace optout

#include "redis/options.h"
#include "util/whole_number.h"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <utility>

namespace optout {
namespace {

constexpr std::string_view kExample =
    "not a Redis address (write unix:/run/redis/redis-server.sock or redis://127.0.0.1:6379/0)";
constexpr int kHighestDatabase = 65535;

// What is wrong, in a sentence. Thrown and caught in this file only. Never quotes the URL: it may
// hold a password.
struct Problem {
  std::string sentence;
};

std::string lower(std::string_view text) {
  std::string result(text);
  for (char& c : result) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return result;
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

std::string percent_decoded(std::string_view text, std::string_view what) {
  std::string result;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      result += text[i];
      continue;
    }
    const int high = i + 2 < text.size() ? hex_digit(text[i + 1]) : -1;
    const int low = i + 2 < text.size() ? hex_digit(text[i + 2]) : -1;
    if (high < 0 || low < 0) {
      throw Problem{"a % in the " + std::string(what) + " must be written %25"};
    }
    result += static_cast<char>(high * 16 + low);
    i += 2;
  }
  if (result.find('\0') != std::string::npos) {
    throw Problem{"the " + std::string(what) + " must not contain %00"};
  }
  return result;
}

// Cuts `text` at the first `separator` and returns what follows it; nothing if there is none.
std::optional<std::string_view> cut(std::string_view& text, char separator) {
  const auto at = text.find(separator);
  if (at == std::string_view::npos) return std::nullopt;
  const std::string_view rest = text.substr(at + 1);
  text = text.substr(0, at);
  return rest;
}

void read_database(std::string_view text, RedisOptions& options) {
  options.database = whole_number<int>(text).value_or(-1);
  if (options.database < 0 || options.database > kHighestDatabase) {
    throw Problem{"the database must be a number from 0 to " + std::to_string(kHighestDatabase)};
  }
}

void read_query(std::string_view query, bool has_database, RedisOptions& options) {
  while (!query.empty()) {
    std::string_view parameter = query;
    query = cut(parameter, '&').value_or(std::string_view());
    const auto value = cut(parameter, '=');
    if (parameter != "db" || !value) throw Problem{"after the ? only db=NUMBER is understood"};
    if (std::exchange(has_database, true)) throw Problem{"the database is given twice"};
    read_database(*value, options);
  }
}

// "user@", "user:password@", ":password@"; the last @ ends it, as a password typed in a hurry may
// hold others.
void take_user(std::string_view& rest, RedisOptions& options) {
  const auto at = rest.rfind('@');
  if (at == std::string_view::npos) return;
  std::string_view user = rest.substr(0, at);
  rest.remove_prefix(at + 1);
  const auto password = cut(user, ':');
  options.user = percent_decoded(user, "user name");
  if (password) options.password = percent_decoded(*password, "password");
}

void read_unix(std::string_view rest, RedisOptions& options) {
  const auto query = cut(rest, '?');
  if (rest.starts_with("//")) {
    rest.remove_prefix(2);
    std::string_view authority = rest.substr(0, rest.find('/'));
    rest.remove_prefix(authority.size());
    take_user(authority, options);
    if (!authority.empty())
      throw Problem{"the path of a unix socket must begin with / (unix:///path)"};
  }
  auto address = parse_socket_address("unix:" + percent_decoded(rest, "path"));
  if (const auto* const sentence = std::get_if<std::string>(&address)) throw Problem{*sentence};
  options.address = std::get<SocketAddress>(std::move(address));
  if (query) read_query(*query, false, options);
}

bool is_host_character(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '.' ||
         c == '-' || c == '_';
}

void read_host_and_port(std::string_view text, SocketAddress& address) {
  std::optional<std::string_view> port;
  if (text.starts_with('[')) {
    const auto end = text.find(']');
    if (end == std::string_view::npos) throw Problem{"the ] after the IPv6 address is missing"};
    address.host = text.substr(1, end - 1);
    const bool plausible = address.host.find(':') != std::string::npos &&
                           std::ranges::all_of(address.host, [](char c) {
                             return is_host_character(c) || c == ':' || c == '%';  // %eth0: a zone
                           });
    if (!plausible) throw Problem{"what is in [ ] is not an IPv6 address"};
    text.remove_prefix(end + 1);
    if (!text.empty()) {
      if (text.front() != ':') throw Problem{"after ] only :port or /database may follow"};
      port = text.substr(1);
    }
  } else {
    port = cut(text, ':');
    if (port && port->find(':') != std::string_view::npos) {
      throw Problem{"an IPv6 address is written in brackets: redis://[::1]:6379"};
    }
    if (text.empty()) throw Problem{"the host is missing (write redis://127.0.0.1:6379/0)"};
    if (!std::ranges::all_of(text, is_host_character))
      throw Problem{"the host is not a name or an address"};
    address.host = text;
  }
  address.port = port ? whole_number<std::uint16_t>(*port).value_or(0) : std::uint16_t{6379};
  if (address.port == 0) throw Problem{"the port must be a number from 1 to 65535"};
}

void read_tcp(std::string_view rest, RedisOptions& options) {
  take_user(rest,
            options);  // before anything is cut: a password may hold / and ?, if nothing else does
  const auto query = cut(rest, '?');
  const auto database = cut(rest, '/');
  options.address = {};
  read_host_and_port(rest, options.address);
  const bool has_database = database && !database->empty();
  if (has_database) read_database(*database, options);
  if (query) read_query(*query, has_database, options);
}

// What we know of, but cannot do; to be told apart from what nobody can.
std::string refusal(std::string_view scheme) {
  if (scheme.find("sentinel") != std::string_view::npos) {
    return std::string(scheme) +
           ":// (Redis Sentinel) is not supported: give the address of the master, or of a proxy "
           "that follows "
           "Sentinel, as redis://host:port";
  }
  if (scheme.find("cluster") != std::string_view::npos) {
    return std::string(scheme) +
           ":// (Redis Cluster) is not supported: give the address of a single Redis, as "
           "redis://host:port";
  }
  for (const std::string_view tls : {"rediss", "redis+tls", "redis+ssl", "redis-tls", "valkeys"}) {
    if (scheme == tls) {
      return std::string(scheme) +
             ":// (TLS) is not supported: use a unix socket, or redis:// to a TLS tunnel on this "
             "host, such as "
             "stunnel";
    }
  }
  return std::string(kExample);
}

}  // namespace

std::variant<RedisOptions, std::string> parse_redis_url(std::string_view url) {
  try {
    RedisOptions options;
    const auto colon = url.find(':');
    if (colon == std::string_view::npos) return std::string(kExample);
    const std::string scheme = lower(url.substr(0, colon));
    std::string_view rest = url.substr(colon + 1);
    if (scheme == "unix") {
      read_unix(rest, options);
    } else if (!rest.starts_with("//")) {
      return std::string(kExample);
    } else if (scheme == "redis") {
      read_tcp(rest.substr(2), options);
    } else {
      return refusal(scheme);
    }
    return options;
  } catch (const Problem& problem) {
    return problem.sentence;
  }
}

}  // namespace optout

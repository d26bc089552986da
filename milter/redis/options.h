// How to reach Redis. Plain data, filled by config/.

#pragma once

#include "util/socket_address.h"

#include <chrono>
#include <string>
#include <string_view>
#include <variant>

namespace optout {

struct RedisOptions {
  SocketAddress address{.path = "/run/redis/redis-server.sock", .host = {}, .port = 0};
  std::string user;           // empty: Redis' default user
  std::string password;       // from the URL; a password file outranks it
  std::string password_file;  // read at every connect, so a new password needs no reload
  int database = 0;
  // Deadline of one whole operation: connecting, sending, and every reply.
  std::chrono::milliseconds timeout{250};

  friend bool operator==(const RedisOptions&, const RedisOptions&) = default;
};

// Reads unix:/path, unix:///path?db=1, unix://user@/path,
// redis://[user[:password]@]host[:6379][/db] into the options it can set (address, user, password,
// database), or says in a sentence what is wrong. rediss://, redis+sentinel:// and redis+cluster://
// are recognised and refused by name.
std::variant<RedisOptions, std::string> parse_redis_url(std::string_view url);

}  // namespace optout

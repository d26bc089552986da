#include "optoutctl/trouble.h"

#include "address/ascii.h"
#include "log/log.h"
#include "optoutctl/text.h"

#include <fmt/format.h>

#include <cerrno>
#include <system_error>

namespace optout {
namespace {

struct Meaning {
  int exit_code;
  std::string next;  // what to do
};

Meaning meaning_of(Fault fault, const RedisOptions& redis) {
  switch (fault) {
    case Fault::unreachable:
      return {EX_UNAVAILABLE,
              "see that it runs and that redis.url is right: " + redis_cli(redis, "ping")};
    case Fault::timeout:
    case Fault::closed:
    case Fault::backing_off:
      return {EX_TEMPFAIL, "try again, and if it stays so look at: " + redis_cli(redis, "info")};
    case Fault::loading:
      return {EX_TEMPFAIL, "Redis is still reading its data: try again in a moment"};
    case Fault::busy:
      return {EX_TEMPFAIL, "a script keeps Redis busy: try again, or end it: " +
                               redis_cli(redis, "script kill")};
    case Fault::read_only:
      return {EX_TEMPFAIL, "this Redis is a replica: let redis.url name the primary"};
    case Fault::master_down:
      return {EX_TEMPFAIL, "this replica has lost its primary: let redis.url name the primary"};
    case Fault::out_of_memory:
      return {EX_TEMPFAIL, "Redis is full: raise maxmemory, and never let it evict: " +
                               redis_cli(redis, "config set maxmemory <bytes>")};
    case Fault::not_persisting:
      return {EX_TEMPFAIL,
              "Redis cannot save its data: see its log and the free space of its disk"};
    case Fault::auth_required:
      return {EX_NOPERM, "Redis asks for a password: set redis.password_file in the configuration"};
    case Fault::auth_failed:
      return {EX_NOPERM, "check the user in redis.url and the password in redis.password_file"};
    case Fault::no_permission:
      return {EX_NOPERM,
              "this Redis user may not do that: name one that may in redis.url of a configuration "
              "given with -c"};
    case Fault::wrong_type:
      return {EX_CONFIG,
              "other data stands where opt-outs belong: choose another redis.prefix or database"};
    case Fault::redirected:
      return {EX_CONFIG, "this is a Redis Cluster: let redis.url name a single Redis"};
    case Fault::schema_missing:
      return {EX_CONFIG,
              "if it never held opt-outs, run: optoutctl init; if it did, it has lost them: "
              "restore its data"};
    case Fault::schema_foreign:
      return {EX_CONFIG,
              "see that redis.prefix, the database and addresses.digest_keys are the right ones"};
    case Fault::garbled:
    case Fault::refused:
      return {EX_PROTOCOL, "see that redis.url names a Redis: " + redis_cli(redis, "info server")};
    case Fault::internal:
      return {EX_SOFTWARE, "see the system's log"};
  }
  return {EX_SOFTWARE, "see the system's log"};
}

}  // namespace

std::string redis_cli(const RedisOptions& redis, std::string_view command) {
  std::string line = "redis-cli";
  if (redis.address.is_unix()) {
    line += " -s " + shell_quoted(redis.address.path);
  } else {
    line += fmt::format(" -h {} -p {}", shell_quoted(redis.address.host), redis.address.port);
  }
  const std::string_view verb = command.substr(0, command.find(' '));
  const bool for_others = !redis.user.empty() && (ascii::same_ignoring_case(verb, "config") ||
                                                  ascii::same_ignoring_case(verb, "acl"));
  if (!for_others) {
    if (!redis.user.empty()) line += " --user " + shell_quoted(redis.user);
    if (!redis.password.empty() || !redis.password_file.empty()) line += " --askpass";
  }
  if (redis.database != 0) line += fmt::format(" -n {}", redis.database);
  return fmt::format("{} {}{}", line, command, for_others ? "    # as a Redis user who may" : "");
}

Trouble trouble_with_redis(const Error& error, const RedisOptions& redis) {
  const bool denied =
      error.fault == Fault::unreachable && redis.address.is_unix() &&
      error.detail.find(std::generic_category().message(EACCES)) != std::string::npos;
  const Meaning meaning =
      denied ? Meaning{EX_NOPERM,
                       "run it as root (sudo), or as a user in the group of the socket: "
                       "ls -l " +
                           shell_quoted(redis.address.path)}
             : meaning_of(error.fault, redis);
  const std::string detail = log::escaped(error.detail, 600);
  return {meaning.exit_code,
          fmt::format("{}\n  {}", detail.empty() ? std::string(to_string(error.fault)) : detail,
                      meaning.next)};
}

}  // namespace optout

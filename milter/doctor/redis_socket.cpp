#include "doctor/redis_socket.h"

#include "doctor/config_place.h"
#include "util/shell_word.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <string>
#include <string_view>

namespace optout::doctor {
namespace {

constexpr std::string_view kCheck = "redis.url";

// The first that keeps `who` from connecting: a directory on the way, or the socket.
const FileFacts* closed_door(const Account& who, const std::vector<FileFacts>& way,
                             const FileFacts& socket) {
  if (const FileFacts* closed = closed_to(who, way)) return closed;
  return may(who, Permission::write, socket) ? nullptr : &socket;
}

Fix let_in(const Account& daemon, const FileFacts& door, bool is_socket) {
  constexpr gid_t kRoot = 0;
  const std::string restart = "systemctl restart optout-milter";
  if (door.gid == kRoot) {
    return {"in redis.conf:  port 6379", "systemctl restart redis-server",
            in_config("redis: { url: \"redis://127.0.0.1:6379/0\" }"), restart};
  }
  Fix fix;
  const auto needed = static_cast<unsigned>(is_socket ? Permission::write : Permission::enter);
  if ((door.permissions() >> 3 & needed) == 0) {
    if (is_socket) {
      fix = {"in redis.conf:  unixsocketperm 770", "systemctl restart redis-server"};
    } else {
      fix = {fmt::format("chmod g+x {}", shell_word(door.path))};
    }
  }
  fix.push_back(fmt::format("usermod -a -G {} {}", group_name(door.gid), daemon.name));
  fix.push_back(restart);
  return fix;
}

}  // namespace

Findings check_redis_socket(const FileFacts& socket, const std::vector<FileFacts>& way,
                            const std::optional<Account>& daemon) {
  const std::string check(kCheck);
  const bool unseen = std::any_of(
      way.begin(), way.end(), [](const FileFacts& directory) { return directory.error == EACCES; });
  if (unseen || socket.error == EACCES) {
    return {cannot_tell(check, fmt::format("only root may look at {}", socket.path),
                        {"sudo optoutctl doctor"})};
  }
  if (!socket.exists()) return {};
  const std::string found = fmt::format("{} ({})", socket.path, permissions_text(socket));
  const Account anybody{.name = "everybody", .uid = static_cast<uid_t>(-1), .groups = {}};
  if (closed_door(anybody, way, socket) == nullptr)
    return {good(check, found + ": everybody may connect")};
  if (!daemon) {
    return {cannot_tell(check,
                        found + ": the daemon does not run, and there is no account of its name",
                        {"systemctl start optout-milter, and then:  optoutctl doctor"})};
  }
  if (const FileFacts* door = closed_door(*daemon, way, socket)) {
    const bool is_socket = door == &socket;
    return {
        bad(check,
            fmt::format("{} may not {} {} ({})", daemon->name, is_socket ? "connect to" : "enter",
                        door->path, permissions_text(*door)),
            "The daemon cannot look up anybody: all mail waits (451), or goes out unasked where "
            "on_outage says accept.",
            let_in(*daemon, *door, is_socket))};
  }
  return {good(check, fmt::format("{}: {} may connect", found, daemon->name))};
}

}  // namespace optout::doctor

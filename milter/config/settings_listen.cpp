// listen, socket: where the MTA reaches us.

#include "config/settings.h"

#include <grp.h>

#include <array>

namespace optout {
namespace {

constexpr unsigned kOthersMayConnect = 0002;  // connecting needs write permission

Type<SocketAddress> address_type() {
  const auto parse = [](std::string_view text) -> Parsed<SocketAddress> {
    auto parsed = parse_socket_address(text);
    if (auto* problem = std::get_if<std::string>(&parsed)) {
      return Problem{in_quotes(text) + ": " + *problem};
    }
    return std::get<SocketAddress>(std::move(parsed));
  };
  return {parse, [](const SocketAddress& address) { return yaml_scalar(address.to_string()); }};
}

// Only a clear "no": where the user database cannot be asked, the daemon finds out when it starts.
bool is_unknown_group(const std::string& name) {
  group entry{};
  group* found = nullptr;
  std::array<char, 16384> buffer{};
  return ::getgrnam_r(name.c_str(), &entry, buffer.data(), buffer.size(), &found) == 0 && !found;
}

}  // namespace

void read_listen(Section& root, ListenOptions& options) {
  const auto listen = root.read("listen", options.address, address_type());
  if (listen && !options.address.is_loopback()) {
    root.warning(
        *listen, "listen",
        "anybody who can reach this address can crash the milter and read its answers; the milter "
        "protocol has no password (listen on 127.0.0.1 or a unix socket)");
  }

  Section socket = root.section("socket");
  const auto mode = socket.read("mode", options.mode, mode_type());
  const auto group = socket.read("group", options.group, text_type([](auto) { return ""; }));
  if (!options.address.is_unix()) {
    if (mode) socket.warning(*mode, "mode", "has no effect, as listen is not a unix socket");
    if (group) socket.warning(*group, "group", "has no effect, as listen is not a unix socket");
    return;
  }
  if (mode && (options.mode & kOthersMayConnect) != 0) {
    socket.warning(*mode, "mode", "everybody on this host may connect (0660 lets owner and group)");
  }
  if (group && !options.group.empty() && is_unknown_group(options.group)) {
    socket.warning(*group, "group",
                   "there is no group " + in_quotes(options.group) + " on this host");
  }
}

}  // namespace optout

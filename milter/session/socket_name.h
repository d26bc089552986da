// Where a socket of ours really is bound, as the kernel says it.
//
// Threads: any.

#pragma once

#include "util/socket_address.h"

#include <sys/socket.h>

#include <string>

namespace optout {

struct SocketName {
  sockaddr_storage address{};
  socklen_t length = 0;

  static SocketName of(int fd);

  // Whether `address` names it, in whatever spelling: /var/run or /run, a host's name or number.
  bool is(const SocketAddress& address) const;
  std::string to_string() const;  // as SocketAddress::to_string() has it

  const sockaddr* get() const noexcept { return reinterpret_cast<const sockaddr*>(&address); }
};

}  // namespace optout

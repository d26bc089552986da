#include "session/passed_socket.h"

#include "session/listen_failure.h"
#include "session/socket_name.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdlib>
#include <string>

namespace optout {
namespace {

constexpr int kFirstPassed = 3;  // SD_LISTEN_FDS_START

int option_of(int fd, int option) {
  int value = 0;
  socklen_t size = sizeof value;
  return ::getsockopt(fd, SOL_SOCKET, option, &value, &size) == 0 ? value : -1;
}

}  // namespace

std::optional<int> take_passed_socket(const ListenOptions& options) {
  const char* const pid = std::getenv("LISTEN_PID");
  const char* const fds = std::getenv("LISTEN_FDS");
  const bool for_us = pid != nullptr && fds != nullptr && pid == std::to_string(::getpid());
  const std::string count = for_us ? fds : "0";
  for (const char* name : {"LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES"})
    ::unsetenv(name);
  if (count == "0") return std::nullopt;
  if (count != "1") {
    fail(options, fmt::format("the service manager has passed {} sockets, and we serve on one: "
                              "leave one ListenStream= in the socket unit",
                              count));
  }
  const int fd = kFirstPassed;
  if (option_of(fd, SO_TYPE) != SOCK_STREAM || option_of(fd, SO_ACCEPTCONN) != 1) {
    fail(options,
         "what the service manager has passed is no listening stream socket: the socket unit needs "
         "ListenStream= and Accept=no");
  }
  ::fcntl(fd, F_SETFD, FD_CLOEXEC);
  const SocketName name = SocketName::of(fd);
  if (!name.is(options.address)) {
    fail(options, fmt::format("the service manager has passed a socket on {}: make ListenStream= "
                              "of the socket unit and \"listen\" agree, or disable the socket unit",
                              name.to_string()));
  }
  return fd;
}

}  // namespace optout

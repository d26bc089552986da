#include "session/listener.h"

#include "session/listen_failure.h"

#include <fmt/format.h>
#include <grp.h>
#include <libmilter/mfapi.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstring>
#include <memory>
#include <optional>
#include <system_error>
#include <vector>

namespace optout {
namespace {

[[noreturn]] void fail_with_errno(const ListenOptions& options, std::string_view call) {
  fail(options, fmt::format("{}: {}", call, std::generic_category().message(errno)));
}

sockaddr_un unix_address(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::memcpy(static_cast<char*>(address.sun_path), path.data(),
              path.size());  // length checked by config/
  return address;
}

// What calling there brings: 0 when somebody answers, else the error.
int error_of_calling(const sockaddr_un& address) {
  const int fd = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd < 0) return errno;
  const int called = ::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address);
  const int error = called == 0 ? 0 : errno;
  ::close(fd);
  return error;
}

// A socket that nobody serves is what a crash leaves behind, and goes; anything else stays.
void clear_the_way(const ListenOptions& options, const sockaddr_un& address) {
  const char* path = options.address.path.c_str();
  struct stat there {};
  if (::lstat(path, &there) != 0) return;
  if (!S_ISSOCK(there.st_mode)) {
    fail(options, "something that is no socket is in the way; move it or listen elsewhere");
  }
  switch (const int error = error_of_calling(address)) {
    case ECONNREFUSED:
    case ENOENT:  // gone this moment
      break;
    case 0:
    case EAGAIN:  // its queue is full
      fail(options, "another instance is serving there; stop it first");
    default:
      fail(options, fmt::format("cannot tell whether another instance is serving there ({}); if "
                                "none is, remove the file",
                                std::generic_category().message(error)));
  }
  if (::unlink(path) != 0 && errno != ENOENT) fail_with_errno(options, "remove the stale socket");
}

std::optional<gid_t> group_id(const ListenOptions& options) {
  if (options.group.empty()) return std::nullopt;
  std::vector<char> buffer(std::size_t{16} * 1024);
  group entry{};
  group* found = nullptr;
  int error = 0;
  while ((error = ::getgrnam_r(options.group.c_str(), &entry, buffer.data(), buffer.size(),
                               &found)) == ERANGE) {
    buffer.resize(buffer.size() * 2);  // a group of many members
  }
  if (error != 0) {
    fail(options, fmt::format("socket.group: cannot look up \"{}\": {}", options.group,
                              std::generic_category().message(error)));
  }
  if (found == nullptr) {
    fail(options, fmt::format("socket.group: there is no group \"{}\"", options.group));
  }
  return found->gr_gid;
}

void give_file_to_group(const ListenOptions& options) {
  const char* path = options.address.path.c_str();
  if (const auto group = group_id(options);
      group && ::chown(path, static_cast<uid_t>(-1), *group) != 0) {
    fail_with_errno(options, fmt::format("give the socket to group {}", options.group));
  }
  if (::chmod(path, options.mode) != 0) fail_with_errno(options, "set socket.mode");
}

int open_unix(const ListenOptions& options) {
  const sockaddr_un address = unix_address(options.address.path);
  clear_the_way(options, address);
  const int fd = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0) fail_with_errno(options, "socket");
  const mode_t before = ::umask(0777);  // nobody connects until mode and group are right
  const int bound = ::bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address);
  ::umask(before);
  if (bound != 0) {
    const int error = errno;
    ::close(fd);
    errno = error;
    fail_with_errno(options, "bind");
  }
  return fd;
}

void send_small_replies_at_once(int fd) {
  // Inherited by accepted connections: without it each message with an edit costs 45 ms (Nagle,
  // delayed ACK).
  const int on = 1;
  ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

int open_tcp(const ListenOptions& options) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV;
  addrinfo* found = nullptr;
  const std::string port = std::to_string(options.address.port);
  if (const int error = ::getaddrinfo(options.address.host.c_str(), port.c_str(), &hints, &found);
      error != 0) {
    fail(options, ::gai_strerror(error));
  }
  const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> owned(found, &::freeaddrinfo);
  const int fd = ::socket(found->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0) fail_with_errno(options, "socket");
  const int on = 1;
  ::setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (found->ai_family == AF_INET6) ::setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on);
  send_small_replies_at_once(fd);
  if (::bind(fd, found->ai_addr, found->ai_addrlen) != 0) {
    const int error = errno;
    ::close(fd);
    errno = error;
    fail_with_errno(options, "bind");
  }
  return fd;
}

// The listening socket among our descriptors that has this address: the one libmilter made.
int find_listening_socket(const SocketAddress& wanted) {
  constexpr int kHighest = 64;  // made at start, when few are open
  for (int fd = 3; fd < kHighest; ++fd) {
    int listening = 0;
    socklen_t size = sizeof listening;
    if (::getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listening, &size) != 0 || listening == 0)
      continue;
    sockaddr_storage name{};
    socklen_t length = sizeof name;
    ::getsockname(fd, reinterpret_cast<sockaddr*>(&name), &length);
    if ((name.ss_family == AF_UNIX) == wanted.is_unix()) return fd;
  }
  return -1;
}

std::string libmilter_spelling(const SocketAddress& address) {
  if (address.is_unix()) return "unix:" + address.path;
  const bool v6 = address.host.find(':') != std::string::npos;
  return fmt::format("{}:{}@{}", v6 ? "inet6" : "inet", address.port, address.host);
}

// A listening socket that nobody can find.
int open_dummy() {
  const int fd = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (fd >= 0 &&
      ::bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof(sa_family_t)) == 0 &&
      ::listen(fd, 1) == 0) {
    return fd;
  }
  if (fd >= 0) ::close(fd);
  return -1;
}

}  // namespace

Listener::Listener(const ListenOptions& options, std::optional<int> passed)
    : options_(options), passed_(passed.has_value()), fd_(passed.value_or(-1)) {
  if (passed_) {
    if (!options_.address.is_unix()) send_small_replies_at_once(fd_);
    return;
  }
  group_id(options_);  // say so before anything is touched
  try {
    open();
  } catch (...) {  // what was made must not be in the way of the next attempt
    close_all();
    throw;
  }
}

Listener::~Listener() {
  close_all();
}

void Listener::close_all() noexcept {
  remove_file();
  if (fd_ >= 0) ::close(fd_);
  fd_ = -1;
}

void Listener::open() {
  fd_ = options_.address.is_unix() ? open_unix(options_) : open_tcp(options_);
  remember_file();
  if (options_.address.is_unix()) give_file_to_group(options_);
}

void Listener::listen() const {
  if (::listen(fd_, SOMAXCONN) != 0) fail_with_errno(options_, "listen");
}

void Listener::lend_to_libmilter() {
  std::string ready_made = fmt::format("fd:{}", fd_);
  if (smfi_setconn(ready_made.data()) == MI_SUCCESS && smfi_opensocket(false) == MI_SUCCESS) {
    return listen();
  }
  if (passed_) {
    fail(options_,
         "this libmilter cannot serve on a socket that the service manager has passed (it knows no "
         "\"fd:\"); disable the socket unit");
  }
  let_libmilter_open();
}

void Listener::let_libmilter_open() {
  close_all();
  std::string name = libmilter_spelling(options_.address);
  const mode_t before = ::umask(0777);
  const bool opened =
      smfi_setconn(name.data()) == MI_SUCCESS && smfi_opensocket(false) == MI_SUCCESS;
  ::umask(before);
  if (!opened) fail(options_, "libmilter cannot open it (syslog says why)");
  fd_ = find_listening_socket(options_.address);
  remember_file();
  if (options_.address.is_unix()) {
    give_file_to_group(options_);
  } else if (fd_ >= 0) {
    send_small_replies_at_once(fd_);
  }
}

SocketName Listener::name() const {
  return SocketName::of(fd_);
}

void Listener::stop_accepting() {
  remove_file();
  if (fd_ < 0) return;
  // Who has connected already is waiting for us, and nobody new finds a unix socket any more. With
  // a socket that was passed, the next of us serves who waits.
  const auto give_up = std::chrono::steady_clock::now() + std::chrono::seconds(1);
  pollfd waiting{.fd = fd_, .events = POLLIN, .revents = 0};
  while (options_.address.is_unix() && !passed_ && std::chrono::steady_clock::now() < give_up &&
         ::poll(&waiting, 1, 0) > 0) {
    ::usleep(1000);
  }
  if (const int dummy = open_dummy(); dummy >= 0) {
    ::dup2(dummy, fd_);  // an accept under way ends as it began; every later one finds nobody
    ::close(dummy);
  }
}

void Listener::remember_file() {
  struct stat ours {};
  if (!options_.address.is_unix() || ::lstat(options_.address.path.c_str(), &ours) != 0) return;
  device_ = ours.st_dev;
  inode_ = ours.st_ino;
}

void Listener::remove_file() noexcept {
  struct stat there {};
  if (inode_ == 0 || ::lstat(options_.address.path.c_str(), &there) != 0) return;
  if (there.st_dev == device_ && there.st_ino == inode_) ::unlink(options_.address.path.c_str());
  inode_ = 0;
}

}  // namespace optout

#include "redis/socket_transport.h"

#include "redis/resolver.h"

#include <fmt/format.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>
#include <utility>
#include <vector>

namespace optout::redis {
namespace {

Error io_error(Fault fault, std::string_view step, int error) {
  return {fault, fmt::format("{}: {}", step, std::generic_category().message(error))};
}

Error timed_out(std::string_view step) {
  return {Fault::timeout, fmt::format("{}: timed out", step)};
}

class SocketTransport : public Transport {
public:
  explicit SocketTransport(std::string description) : description_(std::move(description)) {}
  ~SocketTransport() override { SocketTransport::close(); }
  SocketTransport(const SocketTransport&) = delete;
  SocketTransport& operator=(const SocketTransport&) = delete;

  Result<Done> write(std::string_view bytes, Clock::time_point deadline) override {
    while (!bytes.empty()) {
      const ssize_t sent = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent >= 0) {
        bytes.remove_prefix(static_cast<std::size_t>(sent));
      } else if (errno == EAGAIN) {
        if (!wait_for(POLLOUT, deadline)) return timed_out("write");
      } else if (errno != EINTR) {
        return io_error(Fault::closed, "write", errno);
      }
    }
    return Done{};
  }

  Result<std::size_t> read(std::span<char> buffer, Clock::time_point deadline) override {
    // Waiting first saves a call in vain: the answer to what was just sent is never there yet.
    // Where the last read filled its buffer, more is there.
    bool try_first = std::exchange(expect_more_, false);
    for (;;) {
      if (!std::exchange(try_first, false) && !wait_for(POLLIN, deadline)) return timed_out("read");
      const ssize_t got = ::recv(fd_, buffer.data(), buffer.size(), 0);
      if (got > 0) {
        expect_more_ = static_cast<std::size_t>(got) == buffer.size();
        return static_cast<std::size_t>(got);
      }
      if (got == 0) return Error{Fault::closed, "read: closed by the other side"};
      if (errno != EAGAIN && errno != EINTR) return io_error(Fault::closed, "read", errno);
    }
  }

  bool is_quiet() noexcept override {
    char byte = 0;
    return fd_ >= 0 && ::recv(fd_, &byte, 1, MSG_PEEK | MSG_DONTWAIT) < 0 && errno == EAGAIN;
  }

  void close() noexcept override {
    if (fd_ >= 0) ::close(fd_);
    fd_ = -1;
    expect_more_ = false;
  }

  const std::string& describe() const noexcept override { return description_; }

protected:
  Result<Done> connect_to(const sockaddr* address, socklen_t length, Clock::time_point deadline) {
    close();
    fd_ = ::socket(address->sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd_ < 0) return io_error(Fault::internal, "socket", errno);
    if (::connect(fd_, address, length) == 0) return Done{};
    if (errno != EINPROGRESS && errno != EINTR)
      return io_error(Fault::unreachable, "connect", errno);
    if (!wait_for(POLLOUT, deadline)) return timed_out("connect");
    int error = 0;
    socklen_t size = sizeof error;
    if (::getsockopt(fd_, SOL_SOCKET, SO_ERROR, &error, &size) != 0) error = errno;
    if (error != 0) return io_error(Fault::unreachable, "connect", error);
    return Done{};
  }

  int fd() const noexcept { return fd_; }

private:
  // False if the deadline came first. Errors and ends of file are "ready": the next call will name
  // them.
  bool wait_for(short events, Clock::time_point deadline) const {
    pollfd entry{fd_, events, 0};
    for (;;) {
      const int ready = ::poll(&entry, 1, poll_timeout(deadline));
      if (ready > 0) return true;
      if (Clock::now() >= deadline) return false;
    }
  }

  int fd_ = -1;
  bool expect_more_ = false;
  const std::string description_;
};

class UnixTransport final : public SocketTransport {
public:
  UnixTransport(const std::string& path, std::string_view what)
      : SocketTransport(fmt::format("{} unix:{}", what, path)), path_(path) {}

  Result<Done> connect(Clock::time_point deadline) override {
    sockaddr_un address{};
    if (path_.size() >= sizeof address.sun_path) {
      return io_error(Fault::unreachable, "connect", ENAMETOOLONG);
    }
    address.sun_family = AF_UNIX;
    path_.copy(address.sun_path, path_.size());
    return connect_to(reinterpret_cast<const sockaddr*>(&address), sizeof address, deadline);
  }

private:
  const std::string path_;
};

class TcpTransport final : public SocketTransport {
public:
  TcpTransport(const std::string& host, std::uint16_t port, std::string_view what)
      : SocketTransport(host.find(':') == std::string::npos
                            ? fmt::format("{} {}:{}", what, host, port)
                            : fmt::format("{} [{}]:{}", what, host, port)),
        resolver_(host, port) {}

  Result<Done> connect(Clock::time_point deadline) override {
    auto addresses = resolver_.resolve(deadline);
    if (!addresses) return std::move(addresses).error();
    // A name may stand for several. One that swallows packets must not eat the deadline at every
    // attempt, so start where the last attempt gave up.
    Result<Done> result = Error{Fault::unreachable, "connect: no address"};
    for (std::size_t tried = 0; tried < addresses->size(); ++tried) {
      const InetAddress& address = (*addresses)[first_ % addresses->size()];
      result =
          connect_to(reinterpret_cast<const sockaddr*>(&address.storage), address.length, deadline);
      if (result) {
        const int on = 1;  // a question is one write: waiting for more would only cost time
        ::setsockopt(fd(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        return result;
      }
      ++first_;
      if (result.error().fault == Fault::timeout) return result;
    }
    return result;
  }

private:
  Resolver resolver_;
  std::size_t first_ = 0;  // which address to try first
};

}  // namespace

std::unique_ptr<Transport> make_socket_transport(const SocketAddress& address,
                                                 std::string_view what) {
  if (address.is_unix()) return std::make_unique<UnixTransport>(address.path, what);
  return std::make_unique<TcpTransport>(address.host, address.port, what);
}

}  // namespace optout::redis

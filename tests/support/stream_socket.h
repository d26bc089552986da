// A connected stream socket with a deadline on everything, for the ends of a conversation that
// tests play.
//
// A test that would wait for ever fails with a sentence instead: whoever does not answer within the
// patience is named in a TimedOut.
//
// Threads: one at a time.

#pragma once

#include "util/socket_address.h"

#include <chrono>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

namespace optout::test {

class TimedOut : public std::runtime_error {
public:
  using std::runtime_error::runtime_error;
};

// A file descriptor that is closed when it goes.
class Descriptor {
public:
  Descriptor() = default;
  explicit Descriptor(int fd) : fd_(fd) {}
  Descriptor(Descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~Descriptor() { reset(); }

  int get() const noexcept { return fd_; }
  explicit operator bool() const noexcept { return fd_ >= 0; }
  void reset() noexcept;

private:
  int fd_ = -1;
};

class StreamSocket {
public:
  StreamSocket() = default;
  explicit StreamSocket(Descriptor fd) : fd_(std::move(fd)) {}

  // Throws std::system_error if nobody listens.
  static StreamSocket connect(const SocketAddress& address);

  // Returns false if the peer has closed the connection.
  bool send(std::string_view bytes);
  // Appends what has arrived to `buffer`, waiting for at least one byte; false if the peer has
  // closed.
  bool receive(std::string& buffer);

  bool is_open() const noexcept { return static_cast<bool>(fd_); }
  void close() noexcept { fd_.reset(); }
  void set_patience(std::chrono::milliseconds patience) { patience_ = patience; }

private:
  void wait_for(short event) const;

  Descriptor fd_;
  std::chrono::milliseconds patience_{30'000};
};

inline SocketAddress unix_socket(std::string path) {
  return {.path = std::move(path), .host = {}, .port = 0};
}
inline SocketAddress loopback_port(std::uint16_t port) {
  return {.path = {}, .host = "127.0.0.1", .port = port};
}

// A socket that listens on a port of 127.0.0.1 which the kernel chose.
struct Listener {
  Descriptor fd;
  std::uint16_t port;
};
Listener listen_on_loopback();

}  // namespace optout::test

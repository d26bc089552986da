// Tells the service manager that started us how we are: systemd's notification protocol.
//
// Lines NAME=value in a datagram to the socket that $NOTIFY_SOCKET names. sd_notify(3) documents
// the protocol, as a stable one, for programs that do without libsystemd. We do: of that library
// we would use these few lines, and systems without systemd would have to have it.
//
// Threads: the main thread only.

#pragma once

#include <sys/socket.h>
#include <sys/un.h>

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace optout {

class ServiceManager {
public:
  // Nobody, who is told nothing.
  ServiceManager() = default;
  // Whoever the environment names. It is removed there: no child of ours is to speak for us. Call
  // before any thread is started.
  static ServiceManager of_environment();
  ~ServiceManager();
  ServiceManager(ServiceManager&& other) noexcept;
  ServiceManager& operator=(ServiceManager&&) = delete;

  bool is_there() const noexcept { return fd_ >= 0; }
  // How long it waits for a sign of life before it starts us anew; nothing if it never does.
  std::optional<std::chrono::milliseconds> watchdog() const noexcept { return watchdog_; }

  // `status` is a line for people, which "systemctl status" shows.
  void ready(std::string_view status) const;
  void status(std::string_view status) const;
  void reloading() const;  // ready() ends it, whatever came of it
  // We need no longer than `longest` from now on; to be repeated where it was not enough.
  void stopping(std::string_view status, std::chrono::milliseconds longest) const;
  void alive() const noexcept;

private:
  void tell(std::string_view lines) const;

  int fd_ = -1;
  sockaddr_un address_{};
  socklen_t length_ = 0;
  std::optional<std::chrono::milliseconds> watchdog_;
};

}  // namespace optout

// Our listening socket: made by ourselves, and lent to libmilter.
//
// libmilter's own would steal the socket of an instance that is still serving, take its permissions
// from the umask, never set TCP_NODELAY (45 ms a message), and could not be taken away from it in
// order to drain. Debian's libmilter takes a ready-made socket as "fd:N"; where it does not, we let
// it make the socket and then look after it all the same.
//
// A socket that was passed to us (passed_socket.h) is used as it is: its file, owner and mode are
// the business of who made it, and so is its queue, in which callers wait for the next of us.
//
// Used by the main thread only, but for the end, after libmilter has given up.

#pragma once

#include "config/config.h"
#include "session/socket_name.h"

#include <sys/types.h>

#include <optional>

namespace optout {

class Listener {
public:
  // Makes the socket, unless one is `passed`, on which nobody can call yet. Throws
  // std::runtime_error with a sentence for the administrator: another instance is serving there,
  // something else than a socket is in the way, no such group, no permission, address in use.
  explicit Listener(const ListenOptions& options, std::optional<int> passed = std::nullopt);
  ~Listener();
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;

  // Lets callers in, who wait until they are served.
  void listen() const;

  // Gives it to libmilter, and lets callers in; after smfi_register, before smfi_main. Throws
  // std::runtime_error.
  void lend_to_libmilter();

  // From now on no new connection reaches libmilter, which must not notice: those already waiting
  // in the queue are still taken, then libmilter finds a socket in its place on which nobody ever
  // calls.
  void stop_accepting();

  bool was_passed() const noexcept { return passed_; }
  // Where it really listens; after lend_to_libmilter().
  SocketName name() const;

private:
  void open();
  void close_all() noexcept;
  void let_libmilter_open();
  void remember_file();
  void remove_file() noexcept;

  const ListenOptions options_;
  const bool passed_;
  int fd_ = -1;
  // The socket file we made, to be removed by us and only while it is still ours.
  dev_t device_ = 0;
  ino_t inode_ = 0;
};

}  // namespace optout

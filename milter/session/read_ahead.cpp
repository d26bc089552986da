// Reads what an MTA has sent in gulps, where libmilter sips; and writes what it says about a
// message in one go.
//
// libmilter takes every packet of the milter protocol with three polls and two reads, and a message
// is some thirty packets, most of them header fields that nobody answers: that, and not Redis, is
// what a milter spends its time on. An MTA sends them many at a time. So libmilter's read(2) is
// answered from what the last gulp left over, and its poll(2) at once while there is some. Measured
// with tests/bench/run: a third to a half of the CPU for a message.
//
// Each edit of a message is a write of its own in libmilter, and wakes the MTA for nothing, as it
// can do no more than wait for the last word. So writev(2) of an edit is held back until that
// comes, and travels with it. libmilter asks before each whether there is room; that is found out
// by writing, and waited for only where there is none.
//
// How: libmilter calls accept, poll, read, writev and close through the dynamic linker, which finds
// the definitions of the executable first, as with sigwait (signals.cpp). Only sockets that
// accept(2) returned are touched, and only once poll(2) has been asked about them here: a libmilter
// whose poll goes another way never finds bytes missing that sit in a buffer. Everything else in
// the process passes through.
//
// Threads: any. The bytes of one socket belong to whoever serves its session, one at a time.

// With it, glibc's headers define read and poll themselves, which are ours to define here.
#undef _FORTIFY_SOURCE

#include "session/read_ahead.h"

#include <dlfcn.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <new>

namespace {

constexpr std::size_t kGulp = 4096;  // Postfix and Sendmail write through buffers of this size
constexpr int kSockets = 65'536;     // descriptors above this one are not read ahead

// What a gulp left over; freed when drained, so that an idle session costs nothing.
struct Rest {
  std::size_t begin;
  std::size_t end;
  char* bytes() { return reinterpret_cast<char*>(this + 1); }
};

enum class Kind : char { other, accepted, read_ahead };

struct Socket {
  std::atomic<Rest*> rest = nullptr;
  std::atomic<Rest*> held = nullptr;  // edits not yet written
  std::atomic<int> patience = -1;     // ms to wait until there is room to write
  std::atomic<Kind> kind = Kind::other;
};

std::array<Socket, kSockets> sockets;
std::atomic<int> with_rest =
    0;  // sockets that have one: almost always none when the controller polls them all

Socket* socket_of(int fd) {
  return fd >= 0 && fd < kSockets ? &sockets[static_cast<std::size_t>(fd)] : nullptr;
}

Rest* rest_of(int fd) {
  const Socket* socket = socket_of(fd);
  return socket == nullptr ? nullptr : socket->rest.load(std::memory_order_acquire);
}

std::atomic<int> connections = 0;

void set_rest(Socket& socket, Rest* rest) {
  Rest* const before = socket.rest.exchange(rest, std::memory_order_acq_rel);
  with_rest += (rest != nullptr ? 1 : 0) - (before != nullptr ? 1 : 0);
  std::free(before);
}

void forget(int fd, Kind kind) {
  Socket* const socket = socket_of(fd);
  if (socket == nullptr) return;
  set_rest(*socket, nullptr);
  std::free(socket->held.exchange(nullptr, std::memory_order_acq_rel));
  const Kind before = socket->kind.exchange(kind);
  connections += (kind != Kind::other ? 1 : 0) - (before != Kind::other ? 1 : 0);
}

// The definition behind ours: the C library's, or a sanitizer's.
template <typename Function>
Function* next(const char* name) {
  return reinterpret_cast<Function*>(::dlsym(RTLD_NEXT, name));
}

ssize_t next_read(int fd, void* to, std::size_t size) {
  static auto* const read = next<ssize_t(int, void*, std::size_t)>("read");
  return read(fd, to, size);
}

int next_poll(pollfd* fds, nfds_t count, int timeout) {
  static auto* const poll = next<int(pollfd*, nfds_t, int)>("poll");
  return poll(fds, count, timeout);
}

ssize_t take(Socket& socket, Rest& rest, void* to, std::size_t size) {
  const std::size_t taken = std::min(size, rest.end - rest.begin);
  std::memcpy(to, rest.bytes() + rest.begin, taken);
  rest.begin += taken;
  if (rest.begin == rest.end) set_rest(socket, nullptr);
  return static_cast<ssize_t>(taken);
}

ssize_t gulp(Socket& socket, int fd, void* to, std::size_t size) {
  std::array<char, kGulp> bytes;  // NOLINT(cppcoreguidelines-pro-type-member-init): read into
  const ssize_t got = next_read(fd, bytes.data(), bytes.size());
  if (got <= 0) return got;
  const auto all = static_cast<std::size_t>(got);
  const std::size_t wanted = std::min(all, size);
  std::memcpy(to, bytes.data(), wanted);
  if (all == wanted) return got;
  auto* const rest = static_cast<Rest*>(std::malloc(sizeof(Rest) + all - wanted));
  if (rest == nullptr) {  // bytes that have been read cannot be put back: end the connection, as
                          // read(2) may
    errno = ENOMEM;
    return -1;
  }
  *rest = {.begin = 0, .end = all - wanted};
  std::memcpy(rest->bytes(), bytes.data() + wanted, all - wanted);
  set_rest(socket, rest);
  return static_cast<ssize_t>(wanted);
}

// As much as there is room for, some of it at least.
ssize_t write_some(const Socket& socket, int fd, iovec* parts, std::size_t count) {
  msghdr message{};
  message.msg_iov = parts;
  message.msg_iovlen = count;
  for (;;) {
    const ssize_t written = ::sendmsg(fd, &message, MSG_DONTWAIT | MSG_NOSIGNAL);
    if (written >= 0 || errno != EAGAIN) return written;
    pollfd room{.fd = fd, .events = POLLOUT, .revents = 0};
    const int ready = next_poll(&room, 1, socket.patience.load(std::memory_order_relaxed));
    if (ready == 0) errno = ETIMEDOUT;
    if (ready <= 0) return -1;
  }
}

bool has_bytes(const pollfd& asked) {
  return (asked.events & POLLIN) != 0 && rest_of(asked.fd) != nullptr;
}

// Whether these bytes are a packet, whole and alone, that asks for a change of the message: there
// is another one behind it for sure, the last word about the message.
bool is_edit(const iovec* parts, int count) {
  constexpr std::size_t kHead = 5;  // four octets of length, and the letter
  if (count < 1 || parts[0].iov_len != kHead) return false;
  const char letter = static_cast<const char*>(parts[0].iov_base)[kHead - 1];
  return letter == 'h' || letter == 'm' || letter == '-' || letter == 'q';
}

std::size_t size_of(const iovec* parts, int count) {
  std::size_t size = 0;
  for (int i = 0; i < count; ++i)
    size += parts[i].iov_len;
  return size;
}

// Keeps the bytes for the next write; false where there is no room.
bool hold(Socket& socket, const iovec* parts, int count) {
  constexpr std::size_t kMostHeld = 65'536;
  Rest* const before = socket.held.load(std::memory_order_acquire);
  const std::size_t used = before == nullptr ? 0 : before->end;
  const std::size_t size = used + size_of(parts, count);
  if (size > kMostHeld) return false;
  auto* const held = static_cast<Rest*>(std::realloc(before, sizeof(Rest) + size));
  if (held == nullptr) return false;
  *held = {.begin = 0, .end = used};
  for (int i = 0; i < count; ++i) {
    std::memcpy(held->bytes() + held->end, parts[i].iov_base, parts[i].iov_len);
    held->end += parts[i].iov_len;
  }
  socket.held.store(held, std::memory_order_release);
  return true;
}

}  // namespace

int optout::open_connections() noexcept {
  return connections.load(std::memory_order_acquire);
}

#define OPTOUT_INTERPOSED extern "C" __attribute__((visibility("default")))

OPTOUT_INTERPOSED int accept(int listener, sockaddr* address, socklen_t* length) {
  static auto* const next_accept = next<int(int, sockaddr*, socklen_t*)>("accept");
  const int fd = next_accept(listener, address, length);
  forget(fd, Kind::accepted);
  return fd;
}

OPTOUT_INTERPOSED ssize_t read(int fd, void* to, std::size_t size) {
  Socket* const socket = socket_of(fd);
  if (socket == nullptr || socket->kind.load(std::memory_order_relaxed) != Kind::read_ahead) {
    return next_read(fd, to, size);
  }
  if (Rest* const rest = rest_of(fd)) return take(*socket, *rest, to, size);
  return size < kGulp ? gulp(*socket, fd, to, size) : next_read(fd, to, size);
}

// What a libmilter calls that was compiled with more checks.
OPTOUT_INTERPOSED ssize_t __read_chk(int fd, void* to, std::size_t size, std::size_t room) {
  if (size > room) std::abort();
  return read(fd, to, size);
}

OPTOUT_INTERPOSED int poll(pollfd* fds, nfds_t count, int timeout) {
  for (nfds_t i = 0; i < count; ++i) {
    Socket* const socket = socket_of(fds[i].fd);
    if (socket != nullptr && socket->kind.load(std::memory_order_relaxed) == Kind::accepted) {
      socket->kind = Kind::read_ahead;
    }
  }
  if (count == 1 && fds[0].events == POLLOUT) {
    Socket* const socket = socket_of(fds[0].fd);
    if (socket != nullptr && socket->kind.load(std::memory_order_relaxed) == Kind::read_ahead) {
      socket->patience.store(timeout, std::memory_order_relaxed);
      fds[0].revents = POLLOUT;
      return 1;
    }
  }
  if (with_rest.load(std::memory_order_relaxed) == 0 || std::none_of(fds, fds + count, has_bytes)) {
    return next_poll(fds, count, timeout);
  }
  // Some need no waiting; of the others, what is ready now. One alone need not even be asked.
  int ready = 0;
  if (count > 1 && next_poll(fds, count, 0) < 0) return -1;
  for (nfds_t i = 0; i < count; ++i) {
    if (count == 1) fds[i].revents = 0;
    if (has_bytes(fds[i])) fds[i].revents = static_cast<short>(fds[i].revents | POLLIN);
    if (fds[i].revents != 0) ++ready;
  }
  return ready;
}

OPTOUT_INTERPOSED int close(int fd) {
  static auto* const next_close = next<int(int)>("close");
  forget(fd, Kind::other);
  return next_close(fd);
}

OPTOUT_INTERPOSED int __poll_chk(pollfd* fds, nfds_t count, int timeout, std::size_t room) {
  if (count > room / sizeof(pollfd)) std::abort();
  return poll(fds, count, timeout);
}

OPTOUT_INTERPOSED ssize_t writev(int fd, const iovec* parts, int count) {
  static auto* const next_writev = next<ssize_t(int, const iovec*, int)>("writev");
  constexpr int kMostParts = 7;
  Socket* const socket = socket_of(fd);
  if (socket == nullptr || socket->kind.load(std::memory_order_relaxed) != Kind::read_ahead ||
      count > kMostParts) {
    return next_writev(fd, parts, count);
  }
  if (is_edit(parts, count) && hold(*socket, parts, count))
    return static_cast<ssize_t>(size_of(parts, count));
  std::array<iovec, kMostParts + 1> all{};
  std::copy(parts, parts + count, all.begin() + 1);
  const auto caller = static_cast<std::size_t>(count);
  Rest* const held = socket->held.load(std::memory_order_acquire);
  if (held == nullptr) return write_some(*socket, fd, all.data() + 1, caller);
  const std::size_t first = held->end - held->begin;
  all[0] = {.iov_base = held->bytes() + held->begin, .iov_len = first};
  const ssize_t written = write_some(*socket, fd, all.data(), caller + 1);
  if (written < 0) return written;
  const auto done = static_cast<std::size_t>(written);
  if (done < first) {
    held->begin += done;
  } else {
    std::free(socket->held.exchange(nullptr, std::memory_order_acq_rel));
  }
  if (done > first) return static_cast<ssize_t>(done - first);
  errno = EINTR;  // none of the caller's yet: he writes again
  return -1;
}

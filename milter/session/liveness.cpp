#include "session/liveness.h"

#include <fmt/format.h>
#include <sys/time.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <string_view>
#include <system_error>

namespace optout {
namespace {

using Kind = Liveness::Kind;

// Of the milter protocol: a length, a letter, and version 6, kActionsOfOwnCall, and every step.
constexpr std::string_view kNegotiate("\0\0\0\x0dO\0\0\0\x06\0\0\x01\0\0\x1f\xff\xff", 17);
constexpr std::string_view kQuit("\0\0\0\x01Q", 5);
static_assert(kActionsOfOwnCall == 0x100, "as kNegotiate has it");

struct Call {
  explicit Call(int family) : fd(::socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0)) {}
  ~Call() {
    if (fd >= 0) ::close(fd);
  }
  Call(const Call&) = delete;
  Call& operator=(const Call&) = delete;
  const int fd;
};

Liveness failed(std::string_view step) {
  const int error = errno;
  // A socket that others made, and not for us to call on.
  const bool forbidden = error == EACCES || error == EPERM;
  const bool late = error == EAGAIN || error == EINPROGRESS;
  return {.kind = forbidden ? Kind::cannot_tell : Kind::not_serving,
          .why = fmt::format("{}: {}", step,
                             late ? "no answer in time" : std::generic_category().message(error))};
}

bool say(int fd, std::string_view packet) {
  return ::send(fd, packet.data(), packet.size(), MSG_NOSIGNAL) ==
         static_cast<ssize_t>(packet.size());
}

}  // namespace

Liveness call_ourselves(const SocketName& name, std::chrono::milliseconds patience) {
  if (name.length == 0) return {.kind = Kind::cannot_tell, .why = "its address is not known"};
  const Call call(name.address.ss_family);
  if (call.fd < 0) return failed("socket");
  // Linux has connect(2) keep to this one, too.
  const timeval limit{.tv_sec = static_cast<time_t>(patience.count() / 1000),
                      .tv_usec = static_cast<suseconds_t>(patience.count() % 1000 * 1000)};
  for (const int option : {SO_SNDTIMEO, SO_RCVTIMEO})
    ::setsockopt(call.fd, SOL_SOCKET, option, &limit, sizeof limit);
  if (::connect(call.fd, name.get(), name.length) != 0) return failed("connect");
  if (!say(call.fd, kNegotiate)) return failed("send");
  std::array<char, 5> head{};
  const ssize_t got = ::recv(call.fd, head.data(), head.size(), MSG_WAITALL);
  if (got < 0) return failed("receive");
  if (got != static_cast<ssize_t>(head.size()) || head.back() != kNegotiate[head.size() - 1]) {
    return {.kind = Kind::not_serving, .why = "the call was not answered as a milter does"};
  }
  say(call.fd, kQuit);
  return {};
}

}  // namespace optout

#include "session/socket_name.h"

#include <netdb.h>
#include <netinet/in.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstring>
#include <memory>
#include <string_view>

namespace optout {
namespace {

std::string path_of(const SocketName& name) {
  const auto& address = reinterpret_cast<const sockaddr_un&>(name.address);
  const std::size_t most =
      name.length - std::min<std::size_t>(name.length, offsetof(sockaddr_un, sun_path));
  const char* const path = static_cast<const char*>(address.sun_path);
  if (most > 0 && path[0] == '\0') return "@" + std::string(path + 1, most - 1);  // abstract
  return std::string(path, ::strnlen(path, most));
}

bool same_file(const std::string& one, const std::string& other) {
  if (one == other) return true;
  struct stat a {};
  struct stat b {};
  return ::stat(one.c_str(), &a) == 0 && ::stat(other.c_str(), &b) == 0 && a.st_dev == b.st_dev &&
         a.st_ino == b.st_ino;
}

bool same_endpoint(const SocketName& name, const addrinfo& other) {
  if (name.address.ss_family != other.ai_family) return false;
  if (other.ai_family == AF_INET) {
    const auto& a = reinterpret_cast<const sockaddr_in&>(name.address);
    const auto& b = *reinterpret_cast<const sockaddr_in*>(other.ai_addr);
    return a.sin_port == b.sin_port && a.sin_addr.s_addr == b.sin_addr.s_addr;
  }
  const auto& a = reinterpret_cast<const sockaddr_in6&>(name.address);
  const auto& b = *reinterpret_cast<const sockaddr_in6*>(other.ai_addr);
  return a.sin6_port == b.sin6_port &&
         std::memcmp(&a.sin6_addr, &b.sin6_addr, sizeof a.sin6_addr) == 0;
}

}  // namespace

SocketName SocketName::of(int fd) {
  SocketName name;
  name.length = sizeof name.address;
  if (::getsockname(fd, reinterpret_cast<sockaddr*>(&name.address), &name.length) != 0) return {};
  return name;
}

bool SocketName::is(const SocketAddress& wanted) const {
  if ((address.ss_family == AF_UNIX) != wanted.is_unix()) return false;
  if (wanted.is_unix()) return same_file(path_of(*this), wanted.path);
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV;
  addrinfo* found = nullptr;
  const std::string port = std::to_string(wanted.port);
  if (::getaddrinfo(wanted.host.c_str(), port.c_str(), &hints, &found) != 0) return false;
  const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> owned(found, &::freeaddrinfo);
  for (const addrinfo* at = found; at != nullptr; at = at->ai_next)
    if (same_endpoint(*this, *at)) return true;
  return false;
}

std::string SocketName::to_string() const {
  SocketAddress out;
  if (address.ss_family == AF_UNIX) {
    out.path = path_of(*this);
  } else {
    std::array<char, NI_MAXHOST> host{};
    std::array<char, NI_MAXSERV> port{};
    if (::getnameinfo(get(), length, host.data(), host.size(), port.data(), port.size(),
                      NI_NUMERICHOST | NI_NUMERICSERV) != 0) {
      return "an address of another kind";
    }
    out.host = host.data();
    out.port = static_cast<std::uint16_t>(std::stoi(port.data()));
  }
  return out.to_string();
}

}  // namespace optout

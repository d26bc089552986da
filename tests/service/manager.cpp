#include "service/manager.h"

#include "support/process.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <system_error>

namespace optout::test {

Manager::Manager(Name name) : fd_(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const bool abstract = name == Name::abstract;
  std::string path = directory_ / "notify";
  set("NOTIFY_SOCKET", abstract ? "@" + path : path);
  if (abstract) path.insert(path.begin(), '\0');
  std::memcpy(static_cast<char*>(address.sun_path), path.data(), path.size());
  const std::size_t length = offsetof(sockaddr_un, sun_path) + path.size() + (abstract ? 0 : 1);
  if (::bind(fd_.get(), reinterpret_cast<const sockaddr*>(&address),
             static_cast<socklen_t>(length)) != 0) {
    throw std::system_error(errno, std::generic_category(), "bind the notification socket");
  }
}

Manager::~Manager() {
  for (const std::string& name : set_)
    ::unsetenv(name.c_str());
}

void Manager::set(const std::string& name, const std::string& value) {
  ::setenv(name.c_str(), value.c_str(), 1);
  set_.push_back(name);
}

void Manager::take_all() {
  std::array<char, 4096> bytes{};
  for (;;) {
    const ssize_t got = ::recv(fd_.get(), bytes.data(), bytes.size(), MSG_DONTWAIT);
    if (got < 0) return;
    messages_.emplace_back(bytes.data(), static_cast<std::size_t>(got));
  }
}

std::string Manager::hears(std::string_view words) {
  std::string found;
  wait_until([&] {
    take_all();
    while (found.empty() && taken_ < messages_.size()) {
      if (messages_[taken_].find(words) != std::string::npos) found = messages_[taken_];
      ++taken_;
    }
    return !found.empty();
  });
  return found;
}

std::size_t Manager::count(std::string_view words) {
  take_all();
  return static_cast<std::size_t>(std::count_if(
      messages_.begin(), messages_.end(),
      [&](const std::string& message) { return message.find(words) != std::string::npos; }));
}

}  // namespace optout::test

#include "session/service_manager.h"

#include "log/log.h"
#include "util/whole_number.h"

#include <fmt/format.h>
#include <sys/time.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <system_error>
#include <utility>

namespace optout {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;

// A variable of the environment, which is removed from there.
std::optional<std::string> taken(const char* name) {
  const char* value = std::getenv(name);
  if (value == nullptr) return std::nullopt;
  std::string text = value;
  ::unsetenv(name);
  return text;
}

// Of what stands in a line of its own.
std::string in_one_line(std::string_view text) {
  std::string line(text);
  std::replace(line.begin(), line.end(), '\n', ' ');
  return line;
}

}  // namespace

ServiceManager ServiceManager::of_environment() {
  ServiceManager manager;
  const auto name = taken("NOTIFY_SOCKET");
  const auto watchdog = whole_number<long long>(taken("WATCHDOG_USEC").value_or(""));
  const auto watched = taken("WATCHDOG_PID");
  if (!name || name->size() < 2 || name->size() >= sizeof manager.address_.sun_path) return manager;
  if (name->front() != '/' && name->front() != '@') return manager;  // vsock: not for services

  manager.address_.sun_family = AF_UNIX;
  std::memcpy(static_cast<char*>(manager.address_.sun_path), name->data(), name->size());
  manager.length_ = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + name->size());
  if (name->front() == '@') {
    manager.address_.sun_path[0] = '\0';  // an abstract name, which does not end in NUL
  } else {
    ++manager.length_;
  }
  // Kept open: it must not be missing when descriptors run out.
  manager.fd_ = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (manager.fd_ < 0) return manager;
  const timeval patience{.tv_sec = 2, .tv_usec = 0};  // with a manager that does not read
  ::setsockopt(manager.fd_, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);

  const auto whom = whole_number<pid_t>(watched.value_or(""));
  if (watchdog && *watchdog > 0 && (!watched || whom == ::getpid())) {
    manager.watchdog_ = std::chrono::duration_cast<milliseconds>(microseconds(*watchdog));
  }
  return manager;
}

ServiceManager::ServiceManager(ServiceManager&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)),
      address_(other.address_),
      length_(other.length_),
      watchdog_(other.watchdog_) {}

ServiceManager::~ServiceManager() {
  if (fd_ >= 0) ::close(fd_);
}

void ServiceManager::ready(std::string_view status) const {
  if (is_there()) tell(fmt::format("READY=1\nSTATUS={}", in_one_line(status)));
}

void ServiceManager::status(std::string_view status) const {
  if (is_there()) tell(fmt::format("STATUS={}", in_one_line(status)));
}

void ServiceManager::reloading() const {
  if (!is_there()) return;
  timespec now{};  // CLOCK_MONOTONIC by definition, which std::chrono::steady_clock need not be
  ::clock_gettime(CLOCK_MONOTONIC, &now);
  tell(fmt::format("RELOADING=1\nMONOTONIC_USEC={}",
                   static_cast<long long>(now.tv_sec) * 1'000'000 + now.tv_nsec / 1000));
}

void ServiceManager::stopping(std::string_view status, milliseconds longest) const {
  if (!is_there()) return;
  tell(fmt::format("STOPPING=1\nSTATUS={}\nEXTEND_TIMEOUT_USEC={}", in_one_line(status),
                   microseconds(longest).count()));
}

void ServiceManager::alive() const noexcept {
  if (is_there()) tell("WATCHDOG=1");
}

void ServiceManager::tell(std::string_view lines) const {
  const auto* const to = reinterpret_cast<const sockaddr*>(&address_);
  if (::sendto(fd_, lines.data(), lines.size(), MSG_NOSIGNAL, to, length_) >= 0) return;
  log::warning(
      fmt::format("cannot tell the service manager: {}", std::generic_category().message(errno)));
}

}  // namespace optout

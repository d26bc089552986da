#include "redis/resolver.h"

#include <fmt/format.h>
#include <netdb.h>

#include <cerrno>
#include <cstring>
#include <memory>
#include <system_error>
#include <thread>
#include <utility>

namespace optout::redis {
namespace {

using Answer = Result<std::vector<InetAddress>>;

int look_up(const std::string& host, std::uint16_t port, int flags,
            std::vector<InetAddress>& found) {
  addrinfo hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = flags | AI_NUMERICSERV;
  addrinfo* list = nullptr;
  const int error = getaddrinfo(host.c_str(), std::to_string(port).c_str(), &hints, &list);
  if (error != 0) return error;
  const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> owner(list, &freeaddrinfo);
  for (const addrinfo* entry = list; entry != nullptr; entry = entry->ai_next) {
    InetAddress address;
    address.length = entry->ai_addrlen;
    std::memcpy(&address.storage, entry->ai_addr, entry->ai_addrlen);
    found.push_back(address);
  }
  return 0;
}

Answer look_up_name(const std::string& host, std::uint16_t port) {
  std::vector<InetAddress> found;
  const int error = look_up(host, port, 0, found);
  if (error == 0) return found;
  const std::string why = error == EAI_SYSTEM ? std::generic_category().message(errno)
                                              : std::string(gai_strerror(error));
  return Error{Fault::unreachable, fmt::format("look up {}: {}", host, why)};
}

}  // namespace

Answer Resolver::resolve(Clock::time_point deadline) {
  std::vector<InetAddress> numeric;
  if (look_up(host_, port_, AI_NUMERICHOST, numeric) == 0) return numeric;

  if (!pending_.valid()) {
    std::promise<Answer> promise;
    auto future = promise.get_future();
    std::thread([host = host_, port = port_, answer = std::move(promise)]() mutable {
      try {
        answer.set_value(look_up_name(host, port));
      } catch (...) {
        answer.set_exception(std::current_exception());
      }
    }).detach();
    pending_ = std::move(future);
  }
  if (pending_.wait_until(deadline) != std::future_status::ready) {
    return Error{Fault::timeout, fmt::format("look up {}: timed out", host_)};
  }
  return pending_.get();
}

}  // namespace optout::redis

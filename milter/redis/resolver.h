// Host names to addresses, within a deadline.
//
// getaddrinfo(3) knows no deadline: with a dead name server it takes half a minute. So a name is
// looked up on a thread of its own, which is not waited for longer than asked; what it finds is
// there for the next attempt. Addresses written as numbers need neither thread nor name server.
//
// Asked at every connect and nowhere else, so a name that moves is followed, and the hot path knows
// no names.
//
// Threads: one at a time.

#pragma once

#include "redis/deadline.h"
#include "util/result.h"

#include <sys/socket.h>

#include <cstdint>
#include <future>
#include <string>
#include <vector>

namespace optout::redis {

struct InetAddress {
  sockaddr_storage storage{};
  socklen_t length = 0;
};

class Resolver {
public:
  Resolver(std::string host, std::uint16_t port) : host_(std::move(host)), port_(port) {}

  // At least one address, in the system's order of preference; Fault::unreachable or
  // Fault::timeout.
  Result<std::vector<InetAddress>> resolve(Clock::time_point deadline);

private:
  using Answer = Result<std::vector<InetAddress>>;

  const std::string host_;
  const std::uint16_t port_;
  std::future<Answer> pending_;  // of a lookup under way; its thread outlives us if need be
};

}  // namespace optout::redis

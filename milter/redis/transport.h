// Where bytes to and from Redis travel. One implementation for each way there: socket_transport.h
// is plain unix and TCP sockets; TLS, Sentinel (which finds the address first) and Cluster are more
// of them.
//
// Errors name the step, such as "connect: Connection refused"; the caller puts describe() before
// it. After an error the transport must be closed: nobody knows what is still under way.
//
// Threads: one at a time.

#pragma once

#include "redis/deadline.h"
#include "util/result.h"

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace optout::redis {

class Transport {
public:
  virtual ~Transport() = default;

  // Fault::unreachable or Fault::timeout. What was connected before is closed first.
  virtual Result<Done> connect(Clock::time_point deadline) = 0;

  // Sends all of `bytes`. Fault::closed or Fault::timeout.
  virtual Result<Done> write(std::string_view bytes, Clock::time_point deadline) = 0;

  // Waits for at least one byte and returns how many there were. Fault::closed or Fault::timeout.
  virtual Result<std::size_t> read(std::span<char> buffer, Clock::time_point deadline) = 0;

  // Whether it is connected, as far as can be told without waiting, and nothing has arrived.
  // Between two questions that is how it must be: anything else is an end of file or an answer that
  // nobody asked for.
  virtual bool is_quiet() noexcept = 0;

  virtual void close() noexcept = 0;

  // For people: "redis unix:/run/redis.sock", "redis 10.0.0.5:6379".
  virtual const std::string& describe() const noexcept = 0;
};

}  // namespace optout::redis

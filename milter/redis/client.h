// The one way to Redis: sends batches of commands and brings back their replies, in one round trip
// each.
//
// All threads share one connection. Whoever finds it idle sends for everybody waiting (combining,
// see combiner.h): batches that arrive while a round trip is under way travel together in the next
// one. So neither sessions nor threads cost Redis connections, and a busy relay needs fewer system
// calls, not more.
//
// A dead Redis costs one deadline, not one per caller: after a failure nobody asks again until a
// pause has passed (Fault::backing_off); the pause doubles from kFirstPause to kLongestPause while
// failures go on.
//
// Where the bytes go is a Transport's business (transport.h): TLS, Sentinel and Cluster are new
// transports.
//
// Threads: run() may be called from any thread; it does its own locking.

#pragma once

#include "redis/commands.h"
#include "redis/deadline.h"
#include "redis/options.h"
#include "redis/reply.h"
#include "util/result.h"

#include <chrono>
#include <memory>
#include <vector>

namespace optout::redis {

class Executor {
public:
  virtual ~Executor() = default;

  // The replies to `commands`, in order; one of them may be an error reply. Fails as a whole if not
  // every reply arrived before `deadline`; then it is unknown which commands Redis carried out.
  // `Repeat::yes` allows sending a second time where a connection turns out to have died while
  // idle: right for questions, wrong for what must not happen twice.
  enum class Repeat { no, yes };
  virtual Result<std::vector<Reply>> run(const Commands& commands, Clock::time_point deadline,
                                         Repeat repeat) = 0;

  Clock::time_point deadline() const { return Clock::now() + timeout(); }
  virtual std::chrono::milliseconds timeout() const = 0;
};

std::unique_ptr<Executor> make_client(const RedisOptions& options);

}  // namespace optout::redis

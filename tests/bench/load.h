// Keeps a number of connections to a milter busy, on one thread, and measures.
//
// Sockets are written to blocking: what Postfix sends between two answers fits a socket buffer many
// times over. A run warms up, is measured for a while, and then finishes the messages it has begun.

#pragma once

#include "conversation.h"
#include "cpu_clock.h"
#include "population.h"
#include "support/stream_socket.h"
#include "tally.h"

#include <chrono>
#include <cstdint>
#include <deque>
#include <string>
#include <utility>
#include <vector>

namespace optout::bench {

using Clock = std::chrono::steady_clock;

struct LoadOptions {
  std::string socket;  // a unix path
  Plan plan;
  unsigned suppressed = 100'000;
  unsigned connections = 1;
  std::chrono::nanoseconds pause{0};  // before each SMTP command
  std::chrono::nanoseconds duration = std::chrono::seconds(2);
  std::uint64_t messages = 0;  // where not 0: that many instead, measured from the first
};

struct Measured {
  std::chrono::nanoseconds time{0};
  Tally tally;  // of the measured time; `wrong` of the whole run
  std::vector<std::chrono::nanoseconds>
      cpu;  // of each process, in the order given, and of ourselves
};

class Load {
public:
  Load(const LoadOptions& options, std::vector<CpuClock> processes);

  // Throws std::runtime_error if the milter goes away or stops answering.
  Measured run();

private:
  struct Connection {
    explicit Connection(Conversation talk) : conversation(std::move(talk)) {}
    test::Descriptor socket;
    Conversation conversation;
    std::string in;
    std::string out;
    Clock::time_point asked;
    bool paused = false;  // has had its pause before this command
  };
  struct Wakeup {
    Clock::time_point due;
    Connection* connection;
  };

  void open(Connection& connection);
  void close(Connection& connection);
  void go_on(Connection& connection);
  void send(Connection& connection, std::size_t count);
  void receive(Connection& connection);
  void answered(Connection& connection);
  void wait();
  void keep_time();
  std::vector<std::chrono::nanoseconds> cpu_used() const;

  const LoadOptions options_;
  std::vector<CpuClock> processes_;
  Population population_;
  Tally tally_;
  test::Descriptor epoll_;
  std::deque<Connection> connections_;
  std::deque<Wakeup>
      wakeups_;  // pauses are all as long, so they end in the order in which they began
  unsigned open_ = 0;

  enum class Phase { warming_up, measuring, finishing } phase_ = Phase::warming_up;
  Clock::time_point phase_ends_;
  Clock::time_point measuring_since_;
  std::vector<std::chrono::nanoseconds> cpu_before_;
  Measured measured_;
};

}  // namespace optout::bench

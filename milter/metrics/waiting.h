// What had to be put off and is expected to come back, and since when it waits.
//
// Things are told apart by a number. Whatever does not come back is given up for lost in the end,
// as by then whoever was to bring it has given up, too. Lives as long as the process: what was put
// off before a restart waits from its next attempt on.
//
// Threads: any; it does its own locking. Not for the hot path.

#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <mutex>

namespace optout {

class Waiting {
public:
  using Clock = std::chrono::steady_clock;

  static constexpr std::size_t kMost = 10'000;  // of later ones nothing is known
  // MTAs give up after four or five days (RFC 5321 4.5.4.1), and tell the sender.
  static constexpr std::chrono::hours kLost{24 * 6};

  void put_off(std::uint64_t what, Clock::time_point now = Clock::now());
  void done(std::uint64_t what);

  std::size_t size(Clock::time_point now = Clock::now());
  // How long the oldest has waited; 0 where none does.
  Clock::duration longest(Clock::time_point now = Clock::now());

private:
  struct Times {
    Clock::time_point first;
    Clock::time_point last;
  };
  void forget_lost(Clock::time_point now);

  std::mutex mutex_;
  std::map<std::uint64_t, Times> waiting_;  // guarded by mutex_
};

}  // namespace optout

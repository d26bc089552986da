// How much CPU another process has used, all of its threads, past and present, to the nanosecond.
//
// (/proc/PID/stat counts in ticks of 10 ms, and /proc/PID/schedstat only the first thread.)

#pragma once

#include <sys/types.h>

#include <chrono>
#include <ctime>

namespace optout::bench {

class CpuClock {
public:
  // Throws std::system_error if there is no such process.
  explicit CpuClock(pid_t pid);

  std::chrono::nanoseconds used() const;

private:
  clockid_t clock_{};
};

}  // namespace optout::bench

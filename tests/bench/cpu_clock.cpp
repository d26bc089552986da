#include "cpu_clock.h"

#include <cerrno>
#include <string>
#include <system_error>

namespace optout::bench {

CpuClock::CpuClock(pid_t pid) {
  if (const int error = ::clock_getcpuclockid(pid, &clock_); error != 0) {
    throw std::system_error(error, std::generic_category(), "process " + std::to_string(pid));
  }
}

std::chrono::nanoseconds CpuClock::used() const {
  timespec time{};
  if (::clock_gettime(clock_, &time) != 0) {
    throw std::system_error(errno, std::generic_category(), "a process that is measured has gone");
  }
  return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
}

}  // namespace optout::bench

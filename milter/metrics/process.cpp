#include "metrics/process.h"

#include <sys/resource.h>
#include <unistd.h>

#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <limits>
#include <sstream>
#include <string>
#include <system_error>

namespace optout::process {
namespace {

constexpr double kUnknown = std::numeric_limits<double>::quiet_NaN();

// The number behind `name` in a file of lines "name number", of /proc; or -1.
double number_in(const char* file, const std::string& name) {
  std::ifstream in(file);
  for (std::string line; std::getline(in, line);) {
    std::istringstream words(line);
    std::string first;
    double value = -1;
    if (words >> first && first == name && words >> value) return value;
  }
  return -1;
}

// Field 22 of /proc/self/stat: ticks from the start of the system to that of the process. The name
// of the program, field 2, may hold anything, but its end is the last parenthesis.
double ticks_at_start() {
  constexpr int kAfterName = 20;
  std::ifstream in("/proc/self/stat");
  std::string line;
  std::getline(in, line);
  const std::size_t end_of_name = line.rfind(')');
  if (end_of_name == std::string::npos) return -1;
  std::istringstream words(line.substr(end_of_name + 1));
  std::string word;
  for (int i = 0; i < kAfterName; ++i)
    words >> word;
  return words ? std::strtod(word.c_str(), nullptr) : -1;
}

double seconds_of(clockid_t clock) {
  constexpr double kNanosecond = 1e-9;
  timespec now{};
  ::clock_gettime(clock, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * kNanosecond;
}

// Of /proc only what is about this process is asked: services may be shown no more of it.
double find_start_time() {
  const double ticks = ticks_at_start();
  if (ticks < 0) return kUnknown;
  const double age =
      seconds_of(CLOCK_BOOTTIME) - ticks / static_cast<double>(::sysconf(_SC_CLK_TCK));
  return seconds_of(CLOCK_REALTIME) - age;
}

}  // namespace

double start_time() {
  static const double found = find_start_time();
  return found;
}

double resident_memory() {
  constexpr double kKibibyte = 1024;
  const double found = number_in("/proc/self/status", "VmRSS:");
  return found < 0 ? kUnknown : found * kKibibyte;
}

double open_files() {
  std::error_code failed;
  std::filesystem::directory_iterator file("/proc/self/fd", failed);
  double listed = -1;  // but for the one that reads the directory
  for (; !failed && file != std::filesystem::directory_iterator(); file.increment(failed))
    ++listed;
  return failed ? kUnknown : listed;
}

double most_files() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return kUnknown;
  if (limit.rlim_cur == RLIM_INFINITY) return std::numeric_limits<double>::infinity();
  return static_cast<double>(limit.rlim_cur);
}

}  // namespace optout::process

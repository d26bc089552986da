#include "support/death_watch.h"

#include <unistd.h>

#include <string>

namespace optout::test {
namespace {

// The shell that we start ends with us; the one behind the & does not. A line means all is well.
// What runs behind an & has no standard input, so the pipe is put aside first.
constexpr const char* kWatch =
    "exec 3<&0; (read line <&3 || kill -TERM \"$1\") </dev/null >/dev/null 2>&1 &";

}  // namespace

DeathWatch::DeathWatch(pid_t watched) {
  ProcessOptions options;
  options.stdin_pipe = true;
  shell_ = Process::start({"sh", "-c", kWatch, "sh", std::to_string(watched)}, options);
}

DeathWatch::~DeathWatch() {
  if (shell_.in_fd() < 0) return;
  [[maybe_unused]] const auto told = ::write(shell_.in_fd(), "\n", 1);
}

}  // namespace optout::test

// Programs that a test starts: they end with the test, however the test ends.
//
// A child is killed by the kernel when the thread that started it ends, so start processes on a
// thread that outlives them (in a test: the main one). That is what keeps servers from being left
// behind by a test that crashed.

#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace optout::test {

struct ProcessOptions {
  std::vector<std::string> environment;  // "NAME=value", in addition to ours
  std::string directory;                 // to run in; empty: ours
  std::string stdout_file;               // appended to; empty: ours
  std::string stderr_file;               // appended to; empty: ours; may be the same file
  bool stdout_pipe = false;              // readable from out_fd() instead
  bool stderr_pipe = false;              // readable from err_fd() instead
  bool stdin_pipe = false;               // writable at in_fd(); otherwise stdin is /dev/null
};

class Process {
public:
  Process() = default;  // nothing running
  // Throws std::system_error if the program cannot be started. argv[0] is looked for in PATH.
  static Process start(const std::vector<std::string>& argv, const ProcessOptions& options = {});
  ~Process();  // kills and reaps
  Process(Process&& other) noexcept;
  Process& operator=(Process&& other) noexcept;

  pid_t pid() const noexcept { return pid_; }
  bool running();
  void signal(int number) const;

  // The exit status once it has ended, as a shell has it: the code, or 128 + the number of the
  // signal that ended it. Nothing if it still runs after `at_most`.
  std::optional<int> wait(std::chrono::milliseconds at_most = std::chrono::seconds(30));

  // Ends of the pipes asked for, else -1. Ours to close.
  int in_fd() const noexcept { return pipes_[0]; }
  int out_fd() const noexcept { return pipes_[1]; }
  int err_fd() const noexcept { return pipes_[2]; }
  void close_in() noexcept;

private:
  void end() noexcept;

  pid_t pid_ = -1;
  std::optional<int> status_;
  int pipes_[3] = {-1, -1, -1};
};

struct Finished {
  int exit_status = -1;  // as Process::wait() has it
  std::string out;
  std::string err;
};

// Runs a program to its end, feeding it `input`. Throws std::runtime_error if it takes longer than
// `at_most`.
Finished run(const std::vector<std::string>& argv, std::string_view input = {},
             const std::vector<std::string>& environment = {},
             std::chrono::milliseconds at_most = std::chrono::seconds(60));

// The path of `program`, or nothing if it is not installed. Looks in PATH, then where daemons live.
std::optional<std::string> find_program(std::string_view program);

// Asks `condition` every few milliseconds until it holds; false if it still does not after
// `at_most`. For what announces itself no other way: files, sockets, another process' state.
bool wait_until(const std::function<bool()>& condition,
                std::chrono::milliseconds at_most = std::chrono::seconds(20));

// A TCP port of 127.0.0.1 that was free a moment ago. Somebody else may take it: be ready to try
// again.
std::uint16_t free_port();

}  // namespace optout::test

#include "doctor/program.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <system_error>

namespace optout::doctor {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t kMostOctets = std::size_t{8} << 20;
constexpr std::string_view kAlsoHere = ":/usr/local/sbin:/usr/sbin:/sbin";

class Pipe {
public:
  Pipe() {
    if (::pipe2(ends_.data(), O_CLOEXEC) != 0)
      throw std::system_error(errno, std::generic_category(), "pipe");
  }
  ~Pipe() {
    close(0);
    close(1);
  }
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;

  int reading() const noexcept { return ends_[0]; }
  int writing() const noexcept { return ends_[1]; }
  void close(std::size_t end) noexcept {
    if (ends_[end] >= 0) ::close(ends_[end]);
    ends_[end] = -1;
  }

private:
  std::array<int, 2> ends_{-1, -1};
};

std::string search_path() {
  const char* const path = std::getenv("PATH");
  return std::string(path != nullptr ? path : "/usr/bin:/bin") + std::string(kAlsoHere);
}

// 0, or the number of the error.
int spawn(const std::vector<std::string>& argv, const std::string& program, const Pipe& out,
          const Pipe& err, pid_t& pid) {
  std::vector<char*> arguments;
  arguments.reserve(argv.size() + 1);
  for (const std::string& word : argv)
    arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  std::string language = "LC_ALL=C";
  std::string path = "PATH=" + search_path();
  std::vector<char*> environment{language.data(), path.data()};
  for (char** variable = environ; *variable != nullptr; ++variable) {
    const std::string_view text = *variable;
    if (!text.starts_with("LC_ALL=") && !text.starts_with("PATH="))
      environment.push_back(*variable);
  }
  environment.push_back(nullptr);

  posix_spawn_file_actions_t files;
  posix_spawnattr_t attributes;
  ::posix_spawn_file_actions_init(&files);
  ::posix_spawnattr_init(&attributes);
  ::posix_spawn_file_actions_addopen(&files, 0, "/dev/null", O_RDONLY, 0);
  ::posix_spawn_file_actions_adddup2(&files, out.writing(), 1);
  ::posix_spawn_file_actions_adddup2(&files, err.writing(), 2);
  sigset_t ours;  // we ignore SIGPIPE; what we start should not
  ::sigemptyset(&ours);
  ::sigaddset(&ours, SIGPIPE);
  ::posix_spawnattr_setsigdefault(&attributes, &ours);
  ::posix_spawnattr_setpgroup(&attributes, 0);
  ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF);
  const int error = ::posix_spawn(&pid, program.c_str(), &files, &attributes, arguments.data(),
                                  environment.data());
  ::posix_spawnattr_destroy(&attributes);
  ::posix_spawn_file_actions_destroy(&files);
  return error;
}

// Reads both to their ends. False where the time was over first, or there was too much.
bool read_all(Pipe& out, Pipe& err, ProgramOutput& output, Clock::time_point deadline) {
  std::array<char, 16384> buffer{};
  std::array<Pipe*, 2> pipes{&out, &err};
  while (out.reading() >= 0 || err.reading() >= 0) {
    std::array<pollfd, 2> waiting{
        {{out.reading(), POLLIN, 0}, {err.reading(), POLLIN, 0}}};  // -1: passed over
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now()).count();
    if (left <= 0 || output.out.size() + output.err.size() > kMostOctets) return false;
    if (::poll(waiting.data(), waiting.size(), static_cast<int>(left)) < 0 && errno != EINTR)
      return false;
    for (std::size_t i = 0; i < pipes.size(); ++i) {
      if (waiting[i].revents == 0) continue;
      const ssize_t got = ::read(waiting[i].fd, buffer.data(), buffer.size());
      if (got < 0 && errno == EINTR) continue;
      if (got <= 0) {
        pipes[i]->close(0);
      } else {
        (i == 0 ? output.out : output.err).append(buffer.data(), static_cast<std::size_t>(got));
      }
    }
  }
  return true;
}

// Whether it has ended; `status` as waitpid() has it. There is nothing to wait on that would tell
// of a child's end without signals or threads, so it is asked every few milliseconds: it has closed
// its output already.
bool wait_for(pid_t pid, int& status, Clock::time_point deadline) {
  while (true) {
    const pid_t ended = ::waitpid(pid, &status, WNOHANG);
    if (ended == pid) return true;
    if ((ended < 0 && errno != EINTR) || Clock::now() >= deadline) return false;
    ::poll(nullptr, 0, 2);
  }
}

}  // namespace

std::variant<ProgramOutput, std::string> run_program(const std::vector<std::string>& argv,
                                                     std::chrono::milliseconds at_most) {
  const auto program = find_program(argv.front());
  if (!program) return fmt::format("{} is not installed here", argv.front());
  const auto deadline = Clock::now() + at_most;
  Pipe out;
  Pipe err;
  pid_t pid = -1;
  if (const int error = spawn(argv, *program, out, err, pid); error != 0)
    return fmt::format("{}: {}", *program, std::generic_category().message(error));
  out.close(1);
  err.close(1);

  ProgramOutput output;
  int status = 0;
  const bool ended = read_all(out, err, output, deadline) && wait_for(pid, status, deadline);
  if (!ended) {
    ::kill(-pid, SIGKILL);
    while (::waitpid(pid, &status, 0) < 0 && errno == EINTR) {
    }
    const auto seconds = std::chrono::duration_cast<std::chrono::duration<double>>(at_most).count();
    return fmt::format("{} did not end within {:g} s, or said too much", argv.front(), seconds);
  }
  output.exit_status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return output;
}

std::optional<std::string> find_program(std::string_view name) {
  if (name.find('/') != std::string_view::npos) return std::string(name);
  const std::string path = search_path();
  for (std::string_view rest = path; !rest.empty();) {
    const auto end = std::min(rest.find(':'), rest.size());
    const std::string candidate = fmt::format("{}/{}", rest.substr(0, end), name);
    rest.remove_prefix(std::min(rest.size(), end + 1));
    if (candidate.starts_with('/') && ::access(candidate.c_str(), X_OK) == 0) return candidate;
  }
  return std::nullopt;
}

}  // namespace optout::doctor

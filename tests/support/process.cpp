#include "support/process.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <stdexcept>
#include <system_error>
#include <thread>
#include <utility>

namespace optout::test {
namespace {

using std::chrono::steady_clock;

[[noreturn]] void fail(const std::string& what) {
  throw std::system_error(errno, std::generic_category(), what);
}

void close_fd(int& fd) noexcept {
  if (fd >= 0) ::close(fd);
  fd = -1;
}

// A descriptor that is closed unless it is taken.
class Fd {
public:
  explicit Fd(int fd = -1) : fd_(fd) {}
  ~Fd() { close_fd(fd_); }
  Fd(const Fd&) = delete;
  Fd& operator=(const Fd&) = delete;
  void reset(int fd) {
    close_fd(fd_);
    fd_ = fd;
  }
  int get() const { return fd_; }
  int take() { return std::exchange(fd_, -1); }

private:
  int fd_;
};

std::vector<char*> pointers(const std::vector<std::string>& strings) {
  std::vector<char*> result;
  result.reserve(strings.size() + 1);
  for (const std::string& string : strings)
    result.push_back(const_cast<char*>(string.c_str()));
  result.push_back(nullptr);
  return result;
}

std::vector<std::string> environment_with(const std::vector<std::string>& additions) {
  std::vector<std::string> result = additions;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string_view text = *entry;
    const auto name = text.substr(0, text.find('=') + 1);
    bool replaced = false;
    for (const std::string& addition : additions) {
      replaced = replaced || std::string_view(addition).starts_with(name);
    }
    if (!replaced) result.emplace_back(text);
  }
  return result;
}

void make_pipe(Fd& reader, Fd& writer) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) fail("pipe2");
  reader.reset(ends[0]);
  writer.reset(ends[1]);
}

// What the child's descriptor 0, 1 or 2 becomes; -1 leaves ours.
void prepare_output(bool piped, const std::string& file, Fd& ours, Fd& theirs) {
  if (piped) {
    make_pipe(ours, theirs);
  } else if (!file.empty()) {
    theirs.reset(open(file.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644));
    if (theirs.get() < 0) fail("open " + file);
  }
}

bool is_executable(const std::string& path) {
  return access(path.c_str(), X_OK) == 0;
}

}  // namespace

Process Process::start(const std::vector<std::string>& argv, const ProcessOptions& options) {
  const auto program = find_program(argv.at(0));
  if (!program) throw std::runtime_error(argv[0] + " is not installed");

  std::array<Fd, 3> ours;
  std::array<Fd, 3> theirs;
  if (options.stdin_pipe) {
    make_pipe(theirs[0], ours[0]);
  } else {
    theirs[0].reset(open("/dev/null", O_RDONLY | O_CLOEXEC));
  }
  prepare_output(options.stdout_pipe, options.stdout_file, ours[1], theirs[1]);
  prepare_output(options.stderr_pipe, options.stderr_file, ours[2], theirs[2]);
  Fd failure_reader;  // the child writes errno here if exec fails; exec itself closes it
  Fd failure_writer;
  make_pipe(failure_reader, failure_writer);

  const auto environment = environment_with(options.environment);
  const auto argv_pointers = pointers(argv);
  const auto environment_pointers = pointers(environment);
  const pid_t parent = getpid();

  Process process;
  process.pid_ = fork();
  if (process.pid_ < 0) fail("fork");
  if (process.pid_ == 0) {  // only async-signal-safe calls from here: the parent may have threads
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent) _exit(127);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, nullptr);
    for (const int ignored : {SIGPIPE, SIGINT, SIGHUP, SIGTERM})
      ::signal(ignored, SIG_DFL);
    bool ready = options.directory.empty() || chdir(options.directory.c_str()) == 0;
    for (int fd = 0; fd < 3; ++fd) {
      const int source = theirs[static_cast<std::size_t>(fd)].get();
      if (source >= 0) ready = dup2(source, fd) == fd && ready;
    }
    if (ready) execve(program->c_str(), argv_pointers.data(), environment_pointers.data());
    const int error = errno;
    [[maybe_unused]] const auto told = write(failure_writer.get(), &error, sizeof error);
    _exit(127);
  }

  failure_writer.reset(-1);
  int error = 0;
  if (read(failure_reader.get(), &error, sizeof error) == static_cast<ssize_t>(sizeof error)) {
    errno = error;
    fail("exec " + *program);
  }
  for (std::size_t i = 0; i < 3; ++i)
    process.pipes_[i] = ours[i].take();
  return process;
}

Process::~Process() {
  end();
}

Process::Process(Process&& other) noexcept
    : pid_(std::exchange(other.pid_, -1)), status_(std::exchange(other.status_, std::nullopt)) {
  for (int i = 0; i < 3; ++i)
    pipes_[i] = std::exchange(other.pipes_[i], -1);
}

Process& Process::operator=(Process&& other) noexcept {
  if (this != &other) {
    end();
    pid_ = std::exchange(other.pid_, -1);
    status_ = std::exchange(other.status_, std::nullopt);
    for (int i = 0; i < 3; ++i)
      pipes_[i] = std::exchange(other.pipes_[i], -1);
  }
  return *this;
}

void Process::end() noexcept {
  if (pid_ > 0 && !status_) {
    kill(pid_, SIGKILL);
    while (waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) {
    }
  }
  pid_ = -1;
  for (int& fd : pipes_)
    close_fd(fd);
}

void Process::close_in() noexcept {
  close_fd(pipes_[0]);
}

bool Process::running() {
  return pid_ > 0 && !wait(std::chrono::milliseconds(0));
}

void Process::signal(int number) const {
  if (pid_ > 0 && !status_ && kill(pid_, number) != 0) fail("kill");
}

std::optional<int> Process::wait(std::chrono::milliseconds at_most) {
  if (pid_ <= 0 || status_) return status_;
  const auto ended = [this] {
    int raw = 0;
    const pid_t reaped = waitpid(pid_, &raw, WNOHANG);
    if (reaped != pid_) return false;
    status_ = WIFEXITED(raw) ? WEXITSTATUS(raw) : 128 + WTERMSIG(raw);
    return true;
  };
  wait_until(ended, at_most);
  return status_;
}

Finished run(const std::vector<std::string>& argv, std::string_view input,
             const std::vector<std::string>& environment, std::chrono::milliseconds at_most) {
  const auto deadline = steady_clock::now() + at_most;
  ProcessOptions options;
  options.environment = environment;
  options.stdin_pipe = options.stdout_pipe = options.stderr_pipe = true;
  Process process = Process::start(argv, options);
  fcntl(process.in_fd(), F_SETFL, O_NONBLOCK);
  ::signal(SIGPIPE, SIG_IGN);  // a program may end without reading what it is given

  Finished result;
  bool out_open = true;
  bool err_open = true;
  while (out_open || err_open) {
    if (input.empty()) process.close_in();
    pollfd fds[] = {{process.in_fd(), POLLOUT, 0},
                    {out_open ? process.out_fd() : -1, POLLIN, 0},
                    {err_open ? process.err_fd() : -1, POLLIN, 0}};
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - steady_clock::now());
    if (left.count() <= 0) throw std::runtime_error(argv[0] + " takes too long");
    if (poll(fds, 3, static_cast<int>(left.count())) < 0 && errno != EINTR) fail("poll");
    if (fds[0].revents != 0) {
      const ssize_t written = write(process.in_fd(), input.data(), input.size());
      if (written > 0) input.remove_prefix(static_cast<std::size_t>(written));
      if (written < 0 && errno != EAGAIN) input = {};
    }
    const auto drain = [](const pollfd& fd, std::string& into, bool& is_open) {
      if (fd.fd < 0 || fd.revents == 0) return;
      char buffer[16384];
      const ssize_t got = read(fd.fd, buffer, sizeof buffer);
      if (got > 0) into.append(buffer, static_cast<std::size_t>(got));
      if (got == 0 || (got < 0 && errno != EINTR)) is_open = false;
    };
    drain(fds[1], result.out, out_open);
    drain(fds[2], result.err, err_open);
  }
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - steady_clock::now());
  const auto status = process.wait(left);
  if (!status) throw std::runtime_error(argv[0] + " takes too long to end");
  result.exit_status = *status;
  return result;
}

std::optional<std::string> find_program(std::string_view program) {
  if (program.find('/') != std::string_view::npos) {
    std::string path(program);
    return is_executable(path) ? std::optional(path) : std::nullopt;
  }
  const char* const search = std::getenv("PATH");
  std::string directories = search != nullptr ? search : "";
  directories += ":/usr/local/sbin:/usr/sbin:/sbin:/usr/bin:/bin";
  for (std::string_view rest = directories; !rest.empty();) {
    const auto colon = std::min(rest.find(':'), rest.size());
    std::string path(rest.substr(0, colon));
    rest.remove_prefix(std::min(colon + 1, rest.size()));
    if (path.empty()) continue;
    path.append("/").append(program);
    if (is_executable(path)) return path;
  }
  return std::nullopt;
}

bool wait_until(const std::function<bool()>& condition, std::chrono::milliseconds at_most) {
  const auto deadline = steady_clock::now() + at_most;
  auto pause = std::chrono::microseconds(200);
  while (!condition()) {
    if (steady_clock::now() >= deadline) return false;
    std::this_thread::sleep_for(pause);
    pause = std::min(pause * 2, std::chrono::microseconds(10'000));
  }
  return true;
}

std::uint16_t free_port() {
  const Fd probe(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t length = sizeof address;
  if (bind(probe.get(), reinterpret_cast<sockaddr*>(&address), length) != 0 ||
      getsockname(probe.get(), reinterpret_cast<sockaddr*>(&address), &length) != 0) {
    fail("bind 127.0.0.1:0");
  }
  return ntohs(address.sin_port);
}

}  // namespace optout::test

#include "support/redis_server.h"

#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>
#include <optional>
#include <stdexcept>

namespace optout::test {
namespace {

// A blocking connection that speaks just enough RESP2 for cli(). Deliberately not the client under
// test.
class Cli {
public:
  explicit Cli(const std::string& path) : fd_(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path.copy(address.sun_path, sizeof address.sun_path - 1);
    const timeval patience{.tv_sec = 20, .tv_usec = 0};
    setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    setsockopt(fd_, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
    connected_ = connect(fd_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
  }
  ~Cli() { ::close(fd_); }
  Cli(const Cli&) = delete;
  Cli& operator=(const Cli&) = delete;

  bool connected() const { return connected_; }

  std::string ask(const std::vector<std::string>& command) {
    std::string wire = "*" + std::to_string(command.size()) + "\r\n";
    for (const std::string& word : command) {
      wire += "$" + std::to_string(word.size()) + "\r\n" + word + "\r\n";
    }
    for (std::string_view unsent = wire; !unsent.empty();) {
      const ssize_t sent = send(fd_, unsent.data(), unsent.size(), MSG_NOSIGNAL);
      if (sent <= 0) throw std::runtime_error("redis: cannot send " + command.at(0));
      unsent.remove_prefix(static_cast<std::size_t>(sent));
    }
    return reply();
  }

private:
  std::string reply() {
    const std::string head = take_line();
    std::string rest = head.substr(1);
    switch (head[0]) {
      case '-':
        throw std::runtime_error("redis: " + rest);
      case '$': {
        if (rest == "-1") return {};
        std::string text = take(std::stoul(rest) + 2);
        text.resize(text.size() - 2);
        return text;
      }
      case '*': {
        std::string lines;
        const int count = std::stoi(rest);
        for (int i = 0; i < count; ++i) {
          if (i > 0) lines += '\n';
          lines += reply();
        }
        return lines;
      }
      default:
        return rest;
    }
  }

  std::string take_line() {
    while (buffer_.find("\r\n") == std::string::npos)
      fill();
    const auto end = buffer_.find("\r\n");
    std::string line = buffer_.substr(0, end);
    buffer_.erase(0, end + 2);
    if (line.empty()) throw std::runtime_error("redis: an empty line is no reply");
    return line;
  }

  std::string take(std::size_t size) {
    while (buffer_.size() < size)
      fill();
    std::string text = buffer_.substr(0, size);
    buffer_.erase(0, size);
    return text;
  }

  void fill() {
    char bytes[16384];
    const ssize_t got = recv(fd_, bytes, sizeof bytes, 0);
    if (got <= 0) throw std::runtime_error("redis: no reply");
    buffer_.append(bytes, static_cast<std::size_t>(got));
  }

  int fd_;
  bool connected_ = false;
  std::string buffer_;
};

std::optional<std::string> server_program() {
  for (const char* const name : {"redis-server", "valkey-server"}) {
    if (auto path = find_program(name)) return path;
  }
  return std::nullopt;
}

std::string contents(const std::string& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

char state_of(pid_t pid) {  // the letter after the name in brackets
  const std::string stat = contents("/proc/" + std::to_string(pid) + "/stat");
  const auto bracket = stat.rfind(')');
  return bracket == std::string::npos || bracket + 2 >= stat.size() ? '?' : stat[bracket + 2];
}

}  // namespace

bool RedisServer::available() {
  return server_program().has_value();
}

RedisServer::RedisServer(std::vector<std::string> config) : config_(std::move(config)) {
  constexpr std::string_view kPassword = "requirepass ";
  for (const std::string& line : config_) {
    if (line.starts_with(kPassword)) password_ = line.substr(kPassword.size());
  }
  start();
}

void RedisServer::start() {
  const bool keep_port = port_ != 0;
  for (int attempt = 0; attempt < 20; ++attempt) {
    if (!keep_port) port_ = free_port();
    if (try_start()) return;
  }
  throw std::runtime_error("redis-server does not start: " + contents(directory_ / "redis.log"));
}

bool RedisServer::try_start() {
  const std::string file = directory_ / "redis.conf";
  std::ofstream out(file, std::ios::trunc);
  out << "bind 127.0.0.1\nport " << port_ << "\nunixsocket " << socket() << "\nunixsocketperm 777\n"
      << "dir " << directory_.path().string() << "\nsave \"\"\nappendonly no\ndaemonize no\n";
  for (const std::string& line : config_)
    out << line << '\n';
  out.close();

  ProcessOptions options;
  options.stdout_file = options.stderr_file = directory_ / "redis.log";
  process_ = Process::start({*server_program(), file}, options);
  const bool settled = wait_until([this] {
    if (!process_.running()) return true;
    Cli probe(socket());
    if (!probe.connected()) return false;
    try {
      probe.ask({"PING"});
    } catch (const std::runtime_error& error) {
      // "NOAUTH" and the like are signs of life, too; not so "LOADING".
      return std::string_view(error.what()).find("LOADING") == std::string_view::npos;
    }
    return true;
  });
  return settled && process_.running();
}

void RedisServer::stop() {
  process_ = Process();
  ::unlink(socket().c_str());  // killed, so it could not do so itself
}

void RedisServer::freeze() {
  process_.signal(SIGSTOP);
  if (!wait_until([this] { return state_of(pid()) == 'T'; })) {
    throw std::runtime_error("redis-server does not stop on SIGSTOP");
  }
}

void RedisServer::thaw() {
  process_.signal(SIGCONT);
}

std::string RedisServer::cli(const std::vector<std::string>& command) const {
  Cli connection(socket());
  if (!connection.connected()) throw std::runtime_error("redis: cannot connect to " + socket());
  if (!password_.empty()) connection.ask({"AUTH", password_});
  return connection.ask(command);
}

}  // namespace optout::test

#include "support/fake_redis.h"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <optional>
#include <string_view>
#include <system_error>
#include <utility>

namespace optout::test {
namespace {

bool send_all(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = ::send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

}  // namespace

// One connection: turns bytes into commands.
class FakeRedis::Session {
public:
  explicit Session(int fd) : fd_(fd) {}

  // The next command, or nothing if the client has gone.
  std::optional<Words> next() {
    for (;;) {
      if (auto command = parse()) return command;
      char bytes[65536];
      const ssize_t got = recv(fd_, bytes, sizeof bytes, 0);
      if (got <= 0) return std::nullopt;
      if (at_ > 0) buffer_.erase(0, std::exchange(at_, 0));
      buffer_.append(bytes, static_cast<std::size_t>(got));
    }
  }

private:
  std::optional<Words> parse() {  // "*2\r\n$4\r\nPING\r\n$1\r\nx\r\n", from at_
    std::size_t at = at_;
    const auto count = number(at, '*');
    if (!count) return std::nullopt;
    Words words;
    for (std::size_t i = 0; i < *count; ++i) {
      const auto size = number(at, '$');
      if (!size || buffer_.size() < at + *size + 2) return std::nullopt;
      words.push_back(buffer_.substr(at, *size));
      at += *size + 2;
    }
    at_ = at;
    return words;
  }

  std::optional<std::size_t> number(std::size_t& at, char kind) const {
    const auto end = buffer_.find("\r\n", at);
    if (end == std::string::npos || buffer_[at] != kind) return std::nullopt;
    const std::size_t value = std::stoul(buffer_.substr(at + 1, end - at - 1));
    at = end + 2;
    return value;
  }

  int fd_;
  std::string buffer_;
  std::size_t at_ = 0;  // what is before has been parsed
};

FakeRedis::FakeRedis(std::vector<std::vector<Step>> scripts)
    : scripts_(std::move(scripts)), listener_(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  socket().copy(address.sun_path, sizeof address.sun_path - 1);
  if (bind(listener_, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0 ||
      listen(listener_, 64) != 0) {
    throw std::system_error(errno, std::generic_category(), "listen on " + socket());
  }
  acceptor_ = std::thread([this] { accept_all(); });
}

FakeRedis::~FakeRedis() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
    for (const int fd : sockets_)
      shutdown(fd, SHUT_RDWR);
    shutdown(listener_, SHUT_RDWR);
  }
  changed_.notify_all();
  acceptor_.join();
  for (std::thread& session : sessions_)
    session.join();  // no more are added: the acceptor has ended
  for (const int fd : sockets_)
    ::close(fd);
  ::close(listener_);
}

std::vector<Words> FakeRedis::commands() const {
  const std::lock_guard lock(mutex_);
  return commands_;
}

void FakeRedis::release() {
  {
    const std::lock_guard lock(mutex_);
    released_ = true;
  }
  changed_.notify_all();
}

void FakeRedis::accept_all() {
  for (;;) {
    const int fd = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (fd < 0) return;
    const std::lock_guard lock(mutex_);
    sockets_.push_back(fd);  // closed by the destructor alone, so that no number is used twice
    if (ending_) return;
    const std::size_t index = std::min<std::size_t>(connections_++, scripts_.size() - 1);
    sessions_.emplace_back([this, fd, index] { play(fd, scripts_[index]); });
  }
}

void FakeRedis::play(int fd, const std::vector<Step>& script) {
  Session session(fd);
  const auto next_command = [&] {
    auto command = session.next();
    if (command) {
      const std::lock_guard lock(mutex_);
      commands_.push_back(*command);
    }
    return command;
  };
  for (const Step& step : script) {
    if (const auto* const wanted = std::get_if<Receive>(&step)) {
      for (std::size_t i = 0; i < wanted->commands; ++i) {
        if (!next_command()) return;
      }
    } else if (const auto* const sent = std::get_if<Send>(&step)) {
      if (sent->pause_after_each_byte.count() == 0) {
        if (!send_all(fd, sent->bytes)) return;
        ++sent_;
        continue;
      }
      for (const char& byte : sent->bytes) {
        if (!send_all(fd, {&byte, 1})) return;
        std::unique_lock lock(mutex_);
        if (changed_.wait_for(lock, sent->pause_after_each_byte, [this] { return ending_; }))
          return;
      }
    } else if (const auto* const answers = std::get_if<AnswerAll>(&step)) {
      while (const auto command = next_command()) {
        if (!send_all(fd, answers->reply(*command))) return;
      }
    } else if (std::holds_alternative<Stall>(step)) {
      std::unique_lock lock(mutex_);
      changed_.wait(lock, [this] { return released_ || ending_; });
    } else {
      shutdown(fd, SHUT_RDWR);
      return;
    }
  }
  while (next_command()) {
  }
}

}  // namespace optout::test

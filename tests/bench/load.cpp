#include "load.h"

#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <stdexcept>
#include <string_view>
#include <system_error>
#include <utility>

namespace optout::bench {
namespace {

using namespace std::chrono_literals;
using Said = Conversation::Said;
using Stage = Conversation::Stage;

constexpr std::size_t kPostfixBuffer = 4096;
constexpr auto kPatience = 20s;

[[noreturn]] void fail(const std::string& what) {
  throw std::system_error(errno, std::generic_category(), what);
}

timespec to_timespec(std::chrono::nanoseconds time) {
  const auto whole = std::chrono::duration_cast<std::chrono::seconds>(time);
  return {.tv_sec = whole.count(), .tv_nsec = (time - whole).count()};
}

test::Descriptor connect_to(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof(address.sun_path))
    throw std::runtime_error(path + ": too long for a socket");
  path.copy(address.sun_path, path.size());
  test::Descriptor fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (!fd || ::connect(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0)
    fail(path);
  return fd;
}

}  // namespace

Load::Load(const LoadOptions& options, std::vector<CpuClock> processes)
    : options_(options),
      processes_(std::move(processes)),
      population_(options_.suppressed),
      epoll_(::epoll_create1(EPOLL_CLOEXEC)) {
  if (!epoll_) fail("epoll_create1");
  processes_.emplace_back(::getpid());
  for (unsigned i = 0; i < options_.connections; ++i) {
    connections_.emplace_back(Conversation(options_.plan, population_, tally_));
  }
}

Measured Load::run() {
  const bool timed = options_.messages == 0;
  phase_ends_ =
      Clock::now() +
      (timed ? std::clamp<std::chrono::nanoseconds>(options_.duration / 5, 100ms, 1s) : 0ns);
  if (!timed) keep_time();
  for (Connection& connection : connections_)
    open(connection);
  while (open_ > 0) {
    wait();
    if (phase_ != Phase::finishing) keep_time();
  }
  measured_.tally.wrong = tally_.wrong;
  measured_.tally.first_wrong = tally_.first_wrong;
  return std::move(measured_);
}

void Load::keep_time() {
  const auto now = Clock::now();
  const bool enough = options_.messages > 0 && tally_.messages >= options_.messages;
  if (phase_ == Phase::warming_up && now >= phase_ends_) {
    phase_ = Phase::measuring;
    phase_ends_ = options_.messages > 0 ? Clock::time_point::max() : now + options_.duration;
    tally_.start_over();
    cpu_before_ = cpu_used();
    measuring_since_ = now;
  } else if (phase_ == Phase::measuring && (enough || now >= phase_ends_)) {
    phase_ = Phase::finishing;
    measured_.time = now - measuring_since_;
    measured_.cpu = cpu_used();
    for (std::size_t i = 0; i < measured_.cpu.size(); ++i)
      measured_.cpu[i] -= cpu_before_[i];
    measured_.tally = tally_;
  }
}

std::vector<std::chrono::nanoseconds> Load::cpu_used() const {
  std::vector<std::chrono::nanoseconds> used;
  for (const CpuClock& process : processes_)
    used.push_back(process.used());
  return used;
}

void Load::open(Connection& connection) {
  connection.socket = connect_to(options_.socket);
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.ptr = &connection;
  if (::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, connection.socket.get(), &event) != 0)
    fail("epoll_ctl");
  ++open_;
  go_on(connection);
}

void Load::close(Connection& connection) {
  connection.socket.reset();  // which also takes it out of epoll
  connection.in.clear();
  connection.out.clear();
  connection.conversation.start_over();
  --open_;
}

// Says what can be said until an answer or a pause is needed.
void Load::go_on(Connection& connection) {
  Conversation& conversation = connection.conversation;
  for (;;) {
    if (phase_ == Phase::finishing && conversation.between_messages()) return close(connection);
    if (options_.pause > 0ns && conversation.at_client_command() &&
        !std::exchange(connection.paused, true)) {
      wakeups_.push_back({Clock::now() + options_.pause, &connection});
      return;
    }
    connection.paused = false;
    switch (conversation.say(connection.out)) {
      case Said::buffered:
        while (connection.out.size() > kPostfixBuffer)
          send(connection, kPostfixBuffer);
        break;
      case Said::hand_over:
        send(connection, connection.out.size());
        break;
      case Said::question:
        connection.asked = Clock::now();
        return send(connection, connection.out.size());
      case Said::goodbye:
        send(connection, connection.out.size());
        close(connection);
        return open(connection);
    }
  }
}

void Load::send(Connection& connection, std::size_t count) {
  std::string_view rest = std::string_view(connection.out).substr(0, count);
  while (!rest.empty()) {
    const ssize_t sent = ::send(connection.socket.get(), rest.data(), rest.size(), MSG_NOSIGNAL);
    if (sent < 0) fail("the milter has closed the connection");
    rest.remove_prefix(static_cast<std::size_t>(sent));
  }
  connection.out.erase(0, count);
}

void Load::receive(Connection& connection) {
  std::array<char, 16384> bytes;
  const ssize_t count = ::recv(connection.socket.get(), bytes.data(), bytes.size(), MSG_DONTWAIT);
  if (count < 0 && errno == EAGAIN) return;
  if (count < 0) fail("recv");
  if (count == 0) throw std::runtime_error("the milter has closed the connection");
  connection.in.append(bytes.data(), static_cast<std::size_t>(count));
  std::string_view rest = connection.in;
  bool complete = false;
  while (const auto packet = test::take_packet(rest))
    complete = connection.conversation.hear(*packet) || complete;
  connection.in.erase(0, connection.in.size() - rest.size());
  if (complete) answered(connection);
}

void Load::answered(Connection& connection) {
  const Stage stage = connection.conversation.awaiting();
  if (stage == Stage::recipient) tally_.recipient.add(Clock::now() - connection.asked);
  if (stage == Stage::end_of_message) tally_.end_of_message.add(Clock::now() - connection.asked);
  go_on(connection);
}

void Load::wait() {
  std::array<epoll_event, 64> events;
  const auto until_due = wakeups_.empty() ? kPatience : wakeups_.front().due - Clock::now();
  const timespec timeout = to_timespec(std::max<std::chrono::nanoseconds>(until_due, 0ns));
  const int count = ::epoll_pwait2(epoll_.get(), events.data(), static_cast<int>(events.size()),
                                   &timeout, nullptr);
  if (count < 0 && errno != EINTR) fail("epoll_pwait2");
  if (count == 0 && wakeups_.empty()) throw std::runtime_error("the milter does not answer");
  for (int i = 0; i < count; ++i) {
    receive(*static_cast<Connection*>(events[static_cast<std::size_t>(i)].data.ptr));
  }
  const auto now = Clock::now();
  while (!wakeups_.empty() && wakeups_.front().due <= now) {
    Connection& connection = *wakeups_.front().connection;
    wakeups_.pop_front();
    go_on(connection);
  }
}

}  // namespace optout::bench

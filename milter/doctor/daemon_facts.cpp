#include "doctor/daemon_facts.h"

#include "redis/socket_transport.h"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cstring>
#include <sstream>

namespace optout::doctor {
namespace {

constexpr std::size_t kHead = 5;  // of a packet: four bytes of length, and a letter
constexpr char kNegotiate = 'O';
constexpr std::string_view kQuit{"\0\0\0\1Q", 5};

void append_number(std::string& out, std::uint32_t number) {
  for (const int shift : {24, 16, 8, 0})
    out += static_cast<char>((number >> shift) & 0xFFu);
}

std::uint32_t number_at(std::string_view text, std::size_t at) {
  std::uint32_t number = 0;
  for (std::size_t i = at; i < at + 4; ++i)
    number = number << 8 | static_cast<unsigned char>(text[i]);
  return number;
}

// What Postfix and Sendmail offer: version 6, all actions, all steps.
std::string offer() {
  std::string packet;
  append_number(packet, 1 + 3 * 4);
  packet += kNegotiate;
  for (const std::uint32_t number : {6u, 0x1ffu, 0x1fffffu})
    append_number(packet, number);
  return packet;
}

// Who listens at a unix socket.
std::optional<Process> listener_at(const std::string& path) {
  sockaddr_un name{};
  name.sun_family = AF_UNIX;
  if (path.size() >= sizeof(name.sun_path)) return std::nullopt;
  std::memcpy(name.sun_path, path.c_str(), path.size());
  const int fd = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd < 0) return std::nullopt;
  ucred who{};
  socklen_t size = sizeof(who);
  const bool known = ::connect(fd, reinterpret_cast<const sockaddr*>(&name), sizeof(name)) == 0 &&
                     ::getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &who, &size) == 0;
  ::close(fd);
  if (!known || who.pid <= 0) return std::nullopt;
  return process_of(who.pid);
}

// Behind TCP, and where systemd has opened the socket, nobody says who it is.
std::optional<Process> process_behind(const SocketAddress& address) {
  constexpr std::string_view kProgram = "optout-milter";
  auto listener = address.is_unix() ? listener_at(address.path) : std::nullopt;
  if (listener && listener->program == kProgram) return listener;
  return only_process_called(kProgram);
}

}  // namespace

Knock knock_at(const SocketAddress& address, std::chrono::milliseconds patience) {
  const auto deadline = redis::Clock::now() + patience;
  const auto transport = redis::make_socket_transport(address, "daemon");
  Knock knock;
  if (const auto connected = transport->connect(deadline); !connected) {
    knock.detail = connected.error().detail;
    const bool denied = knock.detail.find(std::strerror(EACCES)) != std::string::npos;
    if (denied) knock.answer = Knock::Answer::not_let_in;
    return knock;
  }
  knock.answer = Knock::Answer::silence;
  if (const auto written = transport->write(offer(), deadline); !written) {
    knock.detail = written.error().detail;
    return knock;
  }
  std::string said;
  while (said.size() < kHead + 4) {
    std::array<char, 512> buffer{};
    const auto got = transport->read(buffer, deadline);
    if (!got) {
      knock.detail = got.error().detail;
      if (!said.empty()) knock.answer = Knock::Answer::something_else;
      return knock;
    }
    said.append(buffer.data(), *got);
    const bool fits = said.size() < kHead || (said[4] == kNegotiate && number_at(said, 0) >= kHead);
    if (!fits) {
      knock.answer = Knock::Answer::something_else;
      return knock;
    }
  }
  knock.answer = Knock::Answer::milter;
  knock.version = number_at(said, kHead);
  static_cast<void>(transport->write(kQuit, deadline));
  return knock;
}

DaemonFacts look_at_daemon(const SocketAddress& address) {
  DaemonFacts facts{.address = address, .way = {}, .socket = {}, .knock = {}, .process = {}};
  if (address.is_unix()) {
    facts.way = way_to(address.path);
    facts.socket = look_at(address.path);
  }
  facts.knock = knock_at(address);
  if (facts.knock.answer == Knock::Answer::milter) facts.process = process_behind(address);
  return facts;
}

std::optional<std::chrono::system_clock::time_point> time_of_loading(const SocketAddress& address) {
  constexpr std::size_t kMostOctets = std::size_t{16} << 20;
  const auto deadline = redis::Clock::now() + std::chrono::seconds(5);
  const auto transport = redis::make_socket_transport(address, "metrics");
  if (!transport->connect(deadline) ||
      !transport->write("GET /metrics HTTP/1.0\r\nHost: localhost\r\n\r\n", deadline))
    return std::nullopt;
  std::string page;
  std::array<char, 65536> buffer{};
  while (page.size() < kMostOctets) {
    const auto got = transport->read(buffer, deadline);
    if (!got) break;
    page.append(buffer.data(), *got);
  }
  return time_of_loading_in(page);
}

std::optional<std::chrono::system_clock::time_point> time_of_loading_in(std::string_view page) {
  constexpr std::string_view kLine = "\noptout_config_loaded_timestamp_seconds ";
  const auto at = page.find(kLine);
  if (at == std::string_view::npos) return std::nullopt;
  std::istringstream value{std::string(page.substr(at + kLine.size(), 32))};
  double seconds = 0;
  if (!(value >> seconds) || seconds <= 0) return std::nullopt;
  return std::chrono::system_clock::time_point(
      std::chrono::duration_cast<std::chrono::system_clock::duration>(
          std::chrono::duration<double>(seconds)));
}

}  // namespace optout::doctor

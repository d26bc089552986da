#include "doctor/daemon_facts.h"

#include "redis/socket_transport.h"

#include <fmt/format.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cstring>
#include <fstream>
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

std::optional<Peer> peer_of(const std::string& path) {
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
  Peer peer{.program = {}, .uid = who.uid, .most_open_files = {}};
  std::ifstream comm(fmt::format("/proc/{}/comm", who.pid));
  std::getline(comm, peer.program);
  std::ifstream limits(fmt::format("/proc/{}/limits", who.pid));
  std::ostringstream text;
  text << limits.rdbuf();
  peer.most_open_files = open_files_of(text.str());
  return peer;
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
  DaemonFacts facts{.address = address, .way = {}, .socket = {}, .knock = {}, .peer = {}};
  if (address.is_unix()) {
    facts.way = way_to(address.path);
    facts.socket = look_at(address.path);
  }
  facts.knock = knock_at(address);
  if (address.is_unix() && facts.knock.answer == Knock::Answer::milter)
    facts.peer = peer_of(address.path);
  return facts;
}

std::optional<unsigned long> open_files_of(const std::string& proc_limits) {
  constexpr std::string_view kName = "Max open files";
  std::istringstream lines(proc_limits);
  for (std::string line; std::getline(lines, line);) {
    if (!line.starts_with(kName)) continue;
    std::istringstream words(line.substr(kName.size()));
    unsigned long soft = 0;
    if (words >> soft) return soft;
  }
  return std::nullopt;
}

}  // namespace optout::doctor

#include "support/smtp_client.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstdlib>
#include <system_error>

namespace optout::test {
namespace {

sockaddr_in address_of(const std::string& host, std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  ::inet_pton(AF_INET, host.c_str(), &address.sin_addr);
  return address;
}

StreamSocket connect_from(const std::string& host, std::uint16_t port) {
  Descriptor fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const sockaddr_in ours = address_of(host, 0);
  const sockaddr_in theirs = address_of("127.0.0.1", port);
  if (!fd || ::bind(fd.get(), reinterpret_cast<const sockaddr*>(&ours), sizeof ours) != 0 ||
      ::connect(fd.get(), reinterpret_cast<const sockaddr*>(&theirs), sizeof theirs) != 0) {
    throw std::system_error(errno, std::generic_category(), "connecting from " + host);
  }
  return StreamSocket(std::move(fd));
}

}  // namespace

SmtpClient::SmtpClient(std::uint16_t port)
    : SmtpClient(StreamSocket::connect(loopback_port(port))) {}

SmtpClient::SmtpClient(std::uint16_t port, const std::string& own_address)
    : SmtpClient(connect_from(own_address, port)) {}

SmtpClient::SmtpClient(StreamSocket socket) : socket_(std::move(socket)) {
  socket_.set_patience(std::chrono::seconds(60));
  greeting_ = hear();
}

SmtpReply SmtpClient::say(std::string_view line) {
  socket_.send(std::string(line) + "\r\n");
  return hear();
}

std::vector<SmtpReply> SmtpClient::pipeline(const std::vector<std::string>& lines) {
  std::string all;
  for (const std::string& line : lines)
    all += line + "\r\n";
  socket_.send(all);
  std::vector<SmtpReply> replies;
  for (std::size_t i = 0; i < lines.size(); ++i)
    replies.push_back(hear());
  return replies;
}

SmtpReply SmtpClient::send_content(std::string_view message) {
  std::string wire;
  wire.reserve(message.size() + 8);
  bool line_starts = true;
  for (const char c : message) {
    if (line_starts && c == '.') wire += '.';
    wire += c;
    line_starts = c == '\n';
  }
  wire += ".\r\n";
  socket_.send(wire);
  return hear();
}

SmtpReply SmtpClient::hear() {
  SmtpReply reply;
  for (;;) {
    std::size_t end = 0;
    while ((end = buffer_.find("\r\n")) == std::string::npos) {
      if (!socket_.receive(buffer_)) return {0, "closed"};
    }
    const std::string line = buffer_.substr(0, end);
    buffer_.erase(0, end + 2);
    if (!reply.text.empty()) reply.text += '\n';
    reply.text += line;
    if (line.size() < 4 || line[3] != '-') {
      reply.code = std::atoi(line.c_str());
      return reply;
    }
  }
}

}  // namespace optout::test

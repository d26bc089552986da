// Hands mail to a server, line by line, as a sending program does.
//
// Threads: one at a time.

#pragma once

#include "support/stream_socket.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace optout::test {

struct SmtpReply {
  int code = 0;      // 0: the server closed the connection instead
  std::string text;  // "550 5.7.1 …" as it came; lines of a longer reply joined by "\n"

  bool is_positive() const noexcept { return code >= 200 && code < 400; }
};

class SmtpClient {
public:
  // Connects and takes the greeting. Throws std::system_error if nobody listens.
  explicit SmtpClient(std::uint16_t port);
  // The same from another address of loopback: "127.0.0.5".
  SmtpClient(std::uint16_t port, const std::string& own_address);

  const SmtpReply& greeting() const noexcept { return greeting_; }
  SmtpReply say(std::string_view line);
  // Sends several commands at once and returns all replies (RFC 2920).
  std::vector<SmtpReply> pipeline(const std::vector<std::string>& lines);
  // After a 354: sends a message whose lines end in CRLF, dots stuffed, and the final dot.
  SmtpReply send_content(std::string_view message);
  void hang_up() { socket_.close(); }

private:
  explicit SmtpClient(StreamSocket socket);
  SmtpReply hear();

  StreamSocket socket_;
  std::string buffer_;
  SmtpReply greeting_;
};

}  // namespace optout::test

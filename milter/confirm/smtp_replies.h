// Reads what an SMTP server says, reply by reply, and believes nothing that RFC 5321 does not let
// it say: bare line ends, replies whose lines disagree, replies without end, and words nobody asked
// for are garbled, and the dialog is over.
//
// Threads: one at a time.

#pragma once

#include "redis/transport.h"
#include "util/result.h"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace optout {

struct SmtpReply {
  int code = 0;
  std::vector<std::string> lines;  // the text behind each code

  std::string to_string() const;  // "550 5.1.1 no such user", of the first line
};

class SmtpReplies {
public:
  static constexpr std::size_t kLongest = std::size_t{16} * 1024;  // of a whole reply

  explicit SmtpReplies(redis::Transport& transport) : transport_(transport) {}

  // Fault::timeout, closed or garbled.
  Result<SmtpReply> next(redis::Clock::time_point deadline);

private:
  // The next line, without its CRLF.
  Result<std::string> line(redis::Clock::time_point deadline, std::size_t at_most);

  redis::Transport& transport_;
  std::string buffer_;  // what has come and was not read yet
};

}  // namespace optout

#include "confirm/smtp_replies.h"

#include <fmt/format.h>

#include <array>
#include <span>

namespace optout {
namespace {

Error garbled(std::string_view what) {
  return {Fault::garbled, std::string(what)};
}

// The code that a line begins with, or 0.
int code_of(std::string_view line) {
  constexpr std::size_t kDigits = 3;
  if (line.size() < kDigits || line[0] < '2' || line[0] > '5') return 0;
  int code = 0;
  for (const char c : line.substr(0, kDigits)) {
    if (c < '0' || c > '9') return 0;
    code = code * 10 + (c - '0');
  }
  return line.size() == kDigits || line[kDigits] == ' ' || line[kDigits] == '-' ? code : 0;
}

}  // namespace

std::string SmtpReply::to_string() const {
  return fmt::format("{} {}", code, lines.empty() ? std::string_view() : lines.front());
}

Result<std::string> SmtpReplies::line(redis::Clock::time_point deadline, std::size_t at_most) {
  for (std::size_t searched = 0;;) {
    const auto end = buffer_.find_first_of("\r\n", searched);
    const bool is_whole = end != std::string::npos && end + 1 < buffer_.size();
    if (end != std::string::npos &&
        (buffer_[end] == '\n' || (is_whole && buffer_[end + 1] != '\n')))
      return garbled("a line of the reply does not end in CRLF");
    if (is_whole) {
      std::string line = buffer_.substr(0, end);
      buffer_.erase(0, end + 2);
      return line;
    }
    if (buffer_.size() > at_most) return garbled("the reply has no end");
    searched = end == std::string::npos ? buffer_.size() : end;
    std::array<char, 1024> chunk;
    const auto got = transport_.read(std::span(chunk), deadline);
    if (!got) return got.error();
    buffer_.append(chunk.data(), *got);
  }
}

Result<SmtpReply> SmtpReplies::next(redis::Clock::time_point deadline) {
  if (!buffer_.empty()) return garbled("the server speaks out of turn");
  SmtpReply reply;
  for (std::size_t left = kLongest;;) {
    auto line = this->line(deadline, left);
    if (!line) return std::move(line).error();
    if (line->size() >= left) return garbled("the reply has no end");
    left -= line->size();
    const int code = code_of(*line);
    if (code == 0 || (reply.code != 0 && code != reply.code))
      return garbled("this is no SMTP reply");
    reply.code = code;
    reply.lines.push_back(line->size() > 4 ? line->substr(4) : std::string());
    if (line->size() < 4 || (*line)[3] == ' ') return reply;
  }
}

}  // namespace optout

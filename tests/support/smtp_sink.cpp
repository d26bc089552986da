#include "support/smtp_sink.h"

#include <sys/socket.h>

#include <algorithm>
#include <optional>
#include <utility>

namespace optout::test {
namespace {

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool starts_with_word(std::string_view text, std::string_view word) {
  return text.size() >= word.size() &&
         std::equal(word.begin(), word.end(), text.begin(),
                    [](char a, char b) { return lower(a) == lower(b); });
}

// Lines of a conversation, without their CRLF.
class Lines {
public:
  explicit Lines(StreamSocket& socket) : socket_(socket) {}

  std::optional<std::string> next() {
    std::size_t end = 0;
    while ((end = buffer_.find("\r\n", searched_)) == std::string::npos) {
      searched_ = buffer_.empty() ? 0 : buffer_.size() - 1;
      if (!socket_.receive(buffer_)) return std::nullopt;
    }
    std::string line = buffer_.substr(0, end);
    buffer_.erase(0, end + 2);
    searched_ = 0;
    return line;
  }

private:
  StreamSocket& socket_;
  std::string buffer_;
  std::size_t searched_ = 0;
};

// The content after DATA, or nothing if the client goes away before the final dot.
std::optional<std::string> take_content(Lines& lines) {
  std::string data;
  for (;;) {
    const auto line = lines.next();
    if (!line) return std::nullopt;
    if (*line == ".") return data;
    data += line->starts_with('.') ? line->substr(1) : *line;
    data += "\r\n";
  }
}

bool has_word(std::string_view text, std::string_view word) {
  for (std::size_t at = text.find(word); at != std::string_view::npos;
       at = text.find(word, at + 1)) {
    const std::size_t end = at + word.size();
    if ((at == 0 || text[at - 1] == ' ') && (end == text.size() || text[end] == ' ')) return true;
  }
  return false;
}

}  // namespace

bool Delivery::went_to(std::string_view address, const std::vector<std::string>& parameters) const {
  return std::any_of(recipients.begin(), recipients.end(), [&](std::string_view recipient) {
    return recipient.starts_with(address) &&
           (recipient.size() == address.size() || recipient[address.size()] == ' ') &&
           std::all_of(parameters.begin(), parameters.end(), [&](const std::string& parameter) {
             return has_word(recipient.substr(address.size()), parameter);
           });
  });
}

std::string_view from_field(std::string_view message, std::string_view name) {
  for (std::size_t start = 0; start < message.size();) {
    const std::string_view rest = message.substr(start);
    if (starts_with_word(rest, name) && rest.substr(name.size()).starts_with(':')) return rest;
    const std::size_t end = rest.find("\r\n");
    if (end == 0 || end == std::string_view::npos) break;  // end of the header
    start += end + 2;
  }
  return message;
}

SmtpSink::SmtpSink() : listener_(listen_on_loopback()), acceptor_([this] { accept_all(); }) {}

SmtpSink::~SmtpSink() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
    for (const int fd : open_)
      ::shutdown(fd, SHUT_RDWR);
  }
  ::shutdown(listener_.fd.get(), SHUT_RDWR);
  acceptor_.join();
  for (std::thread& session : sessions_)
    session.join();
}

void SmtpSink::accept_all() {
  for (;;) {
    Descriptor fd(::accept4(listener_.fd.get(), nullptr, nullptr, SOCK_CLOEXEC));
    const std::lock_guard lock(mutex_);
    if (!fd || ending_) return;
    open_.push_back(fd.get());
    sessions_.emplace_back(
        [this, number = fd.get(), socket = StreamSocket(std::move(fd))]() mutable {
          try {
            socket.set_patience(std::chrono::minutes(10));
            serve(socket);
          } catch (const TimedOut&) {
            // The client forgot about us: nothing to keep.
          }
          const std::lock_guard relock(mutex_);
          open_.remove(number);  // before it is closed, when the number may come again
          socket.close();
        });
  }
}

void SmtpSink::serve(StreamSocket& socket) {
  Lines lines(socket);
  Delivery current;
  socket.send("220 sink.example ESMTP\r\n");
  while (const auto line = lines.next()) {
    std::string_view answer = "250 2.0.0 Ok\r\n";
    if (starts_with_word(*line, "EHLO")) {
      answer =
          "250-sink.example\r\n250-PIPELINING\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n250-DSN\r\n"
          "250 ENHANCEDSTATUSCODES\r\n";
    } else if (starts_with_word(*line, "MAIL FROM:")) {
      current = {line->substr(10), {}, {}};
    } else if (starts_with_word(*line, "RCPT TO:")) {
      current.recipients.push_back(line->substr(8));
    } else if (starts_with_word(*line, "DATA")) {
      socket.send("354 Go on\r\n");
      auto data = take_content(lines);
      if (!data) return;
      current.data = std::move(*data);
      const std::lock_guard lock(mutex_);
      deliveries_.push_back(std::exchange(current, {}));
      came_.notify_all();
    } else if (starts_with_word(*line, "QUIT")) {
      socket.send("221 2.0.0 Bye\r\n");
      return;
    }
    if (!socket.send(answer)) return;
  }
}

std::vector<Delivery> SmtpSink::deliveries() const {
  const std::lock_guard lock(mutex_);
  return deliveries_;
}

bool SmtpSink::wait_for(const std::function<bool(const std::vector<Delivery>&)>& enough,
                        std::chrono::milliseconds at_most) const {
  std::unique_lock lock(mutex_);
  return came_.wait_for(lock, at_most, [&] { return enough(deliveries_); });
}

void SmtpSink::forget() {
  const std::lock_guard lock(mutex_);
  deliveries_.clear();
}

}  // namespace optout::test

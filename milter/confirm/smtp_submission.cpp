#include "confirm/smtp_submission.h"

#include "address/ascii.h"
#include "confirm/smtp_replies.h"
#include "redis/socket_transport.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

namespace optout {
namespace {

using redis::Clock;
using redis::Transport;

// Whether it can stand in a command without ending it.
bool fits_a_command(std::string_view text) {
  return !text.empty() && std::none_of(text.begin(), text.end(), ascii::is_control);
}

// A bare CR or LF is a line's end to some servers and not to others: what follows might be taken
// for commands (AT-12).
bool has_whole_lines(std::string_view message) {
  for (std::size_t i = 0; i < message.size(); ++i) {
    if (message[i] == '\n' || message[i] == '\0') return false;
    if (message[i] != '\r') continue;
    if (i + 1 == message.size() || message[i + 1] != '\n') return false;
    ++i;
  }
  return message.ends_with("\r\n");
}

// RFC 5321 4.5.2, and the final dot.
std::string on_the_wire(std::string_view message) {
  std::string wire;
  wire.reserve(message.size() + 16);
  bool begins_line = true;
  for (const char c : message) {
    if (begins_line && c == '.') wire += '.';
    begins_line = c == '\n';
    wire += c;
  }
  return wire + ".\r\n";
}

bool offers(const SmtpReply& ehlo, std::string_view extension) {
  return std::any_of(ehlo.lines.begin(), ehlo.lines.end(), [&](std::string_view line) {
    return ascii::same_ignoring_case(line.substr(0, line.find(' ')), extension);
  });
}

class Dialog {
public:
  Dialog(Transport& transport, Clock::time_point deadline)
      : transport_(transport), replies_(transport), deadline_(deadline) {}

  Result<Done> greeting() {
    if (auto connected = transport_.connect(deadline_); !connected) return in("", connected);
    return expected("greeting", 2, replies_.next(deadline_));
  }

  Result<SmtpReply> ehlo(std::string_view name) {
    auto reply = ask(fmt::format("EHLO {}\r\n", name));
    const auto good = expected("EHLO", 2, reply);
    return good ? std::move(reply) : Result<SmtpReply>(good.error());
  }

  // `kind` is the first digit of the reply that we want: the others are details (RFC 5321 4.2.1).
  Result<Done> say(std::string_view step, const std::string& bytes, int kind) {
    return expected(step, kind, ask(bytes));
  }

  // Whatever it answers: the message is on its way, or is not.
  void quit() { static_cast<void>(ask("QUIT\r\n")); }

  Error refused(std::string_view why) const {
    return {Fault::refused, fmt::format("{}: {}", transport_.describe(), why)};
  }

private:
  Result<SmtpReply> ask(const std::string& bytes) {
    if (auto sent = transport_.write(bytes, deadline_); !sent) return std::move(sent).error();
    return replies_.next(deadline_);
  }

  template <typename T>
  Error in(std::string_view step, const Result<T>& failed) const {
    return {failed.error().fault, fmt::format("{}: {}{}{}", transport_.describe(), step,
                                              step.empty() ? "" : ": ", failed.error().detail)};
  }

  Result<Done> expected(std::string_view step, int kind, const Result<SmtpReply>& reply) const {
    if (!reply) return in(step, reply);
    if (reply->code / 100 != kind) return refused(fmt::format("{}: {}", step, reply->to_string()));
    return Done{};
  }

  Transport& transport_;
  SmtpReplies replies_;
  const Clock::time_point deadline_;
};

// From the greeting to the final dot.
Result<Done> deliver(Dialog& dialog, const Submission& submission) {
  if (auto greeted = dialog.greeting(); !greeted) return greeted;
  const auto ehlo = dialog.ehlo(submission.helo);
  if (!ehlo) return ehlo.error();
  const bool is_ascii =
      std::all_of(submission.recipient.begin(), submission.recipient.end(), ascii::is_ascii);
  if (!is_ascii && !offers(*ehlo, "SMTPUTF8"))
    return dialog.refused("the address is not ASCII, and SMTPUTF8 is not offered");
  const std::string mail = fmt::format("MAIL FROM:<>{}\r\n", is_ascii ? "" : " SMTPUTF8");
  if (auto taken = dialog.say("MAIL", mail, 2); !taken) return taken;
  const std::string rcpt = fmt::format("RCPT TO:<{}>{}\r\n", submission.recipient,
                                       offers(*ehlo, "DSN") ? " NOTIFY=NEVER" : "");
  if (auto taken = dialog.say("RCPT", rcpt, 2); !taken) return taken;
  if (auto taken = dialog.say("DATA", "DATA\r\n", 3); !taken) return taken;
  return dialog.say("message", on_the_wire(submission.message), 2);
}

}  // namespace

Result<Done> submit(const SocketAddress& server, const Submission& submission,
                    Clock::time_point deadline) {
  if (!fits_a_command(submission.helo) || !fits_a_command(submission.recipient) ||
      !has_whole_lines(submission.message)) {
    return Error{Fault::internal, "smtp: this cannot be said in SMTP"};
  }
  const auto transport = redis::make_socket_transport(server, "smtp");
  Dialog dialog(*transport, deadline);
  auto done = deliver(dialog, submission);
  // Whoever still listens is told goodbye; where nobody answered, that would only take longer.
  if (done || done.error().fault == Fault::refused) dialog.quit();
  return done;
}

}  // namespace optout

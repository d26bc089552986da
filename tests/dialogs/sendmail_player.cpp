// Plays a dialog through a real Sendmail, which cannot be told that we are somebody else: a client
// has an address of loopback, and nobody logs in.

#include "dialogs/smtp_player.h"
#include "support/sendmail.h"

#include <fmt/format.h>

#include <stdexcept>

namespace optout::test {
namespace {

class SendmailPlayer final : public SmtpPlayer {
public:
  SendmailPlayer()
      : SmtpPlayer(Sendmail::kParent),
        sendmail_({.milter = address().to_string(), .next_hop = sink().port(), .lines = {}}) {}

private:
  void begin() override {
    SmtpPlayer::begin();
    client_address_ = "127.0.0.1";
  }

  void end() override {
    SmtpPlayer::end();
    sendmail_.discard_queue();
  }

  void set_the_scene(const Step& step) override {
    if (step.verb != "CLIENT" || !step.rest.starts_with("127.")) {
      throw std::runtime_error("cannot be played through Sendmail");
    }
    client_address_ = step.rest;
  }

  SmtpClient connect() override {
    SmtpClient client(sendmail_.port(), client_address_);
    client.say("EHLO client.example");
    return client;
  }

  // In a refusal, Sendmail puts the recipient in front of what the milter says.
  std::string as_worded(const std::string& reply, const std::string& path) const override {
    const std::string recipient = path + "... ";
    const std::size_t at = reply.find(recipient);
    if (at == std::string::npos) return reply;
    return reply.substr(0, at) + reply.substr(at + recipient.size());
  }

  // "250 2.0.0 6ALIIg5w008707 Message accepted for delivery"
  std::string queue_id(const std::string& reply) const override {
    std::string_view rest = reply;
    const std::string code = take_word(rest);
    const std::string enhanced_code = take_word(rest);
    return code == "250" ? take_word(rest) : std::string();
  }

  void settle(const std::string&) override {}  // it has delivered by the time it answers

  std::optional<std::string> held_header(const std::string& id) const override {
    return sendmail_.held_header(id);
  }

  Sendmail sendmail_;
  std::string client_address_;
};

}  // namespace

std::unique_ptr<Player> make_sendmail_player() {
  return std::make_unique<SendmailPlayer>();
}

}  // namespace optout::test

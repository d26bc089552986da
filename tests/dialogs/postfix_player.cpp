// Plays a dialog through a real Postfix: by SMTP, as whatever client XCLIENT makes us, or by
// sendmail(1).

#include "dialogs/smtp_player.h"
#include "support/postfix.h"

#include <fmt/format.h>

#include <stdexcept>
#include <vector>

namespace optout::test {
namespace {

class PostfixPlayer final : public SmtpPlayer {
public:
  PostfixPlayer()
      : postfix_({.milter = address().to_string(), .next_hop = sink().port(), .parameters = {}}) {}

private:
  void begin() override {
    SmtpPlayer::begin();
    xclient_.clear();
    pickup_ = false;
  }

  void end() override {
    SmtpPlayer::end();
    postfix_.discard_queue();
  }

  void set_the_scene(const Step& step) override {
    if (step.verb == "CLIENT") {
      xclient_ += " ADDR=" + step.rest;
    } else if (step.verb == "AUTH") {
      xclient_ += " LOGIN=" + step.rest;
    } else if (step.verb == "PICKUP") {
      pickup_ = true;
    } else {
      throw std::runtime_error("cannot be played through Postfix");
    }
  }

  SmtpClient connect() override {
    SmtpClient client(postfix_.port());
    client.say("EHLO client.example");
    if (!xclient_.empty()) {
      expect("220", client.say("XCLIENT" + xclient_).text);
      client.say("EHLO client.example");
    }
    return client;
  }

  std::string as_worded(const std::string& reply, const std::string&) const override {
    return reply;
  }

  std::string queue_id(const std::string& reply) const override {
    const std::string_view queued = "queued as ";
    const std::size_t at = reply.find(queued);
    return at == std::string::npos ? std::string() : reply.substr(at + queued.size());
  }

  void settle(const std::string& id) override { postfix_.wait_until_done(id); }

  std::optional<std::string> held_header(const std::string& id) const override {
    return id.empty() ? std::nullopt : postfix_.held_header(id);
  }

  void mail(const AddressStep& from) override {
    recipients_.clear();
    pickup_ ? begin_message(from) : SmtpPlayer::mail(from);
  }

  void recipient(const AddressStep& to) override {
    recipients_.push_back(without_brackets(to.address));
    if (!pickup_) SmtpPlayer::recipient(to);  // sendmail(1) takes every recipient
  }

  void data(const std::string& expected) override {
    if (!pickup_) SmtpPlayer::data(expected);
  }

  void finish(const std::string& expected) override {
    pickup_ ? finish_pickup(expected) : SmtpPlayer::finish(expected);
  }

  // Nobody is there to hear the reply; it stands in the log, and the sender of a refused message is
  // told.
  void finish_pickup(const std::string& expected) {
    if (postfix_.submit(sender(), recipients_, message()) != 0) {
      throw std::runtime_error("sendmail(1) failed");
    }
    const std::string id = logged_queue_id();
    if (expected == "discard") {
      settle(id);
      return nothing_may_have_come();
    }
    if (expected == "accept") {
      finished_as(id);
      settle(id);
      if (!held_header(id) && arrived().empty()) {
        throw std::runtime_error("nothing came:\n" + postfix_.log().text());
      }
      return;
    }
    // "550 5.7.1 text" is logged without its first number.
    const std::string_view code = std::string_view(expected).substr(0, 3);
    if (!postfix_.log().will_have(id + ": milter-reject: END-OF-MESSAGE " + expected.substr(4))) {
      throw std::runtime_error("was not refused:\n" + postfix_.log().text());
    }
    const auto bounced = [&](const std::vector<Delivery>& all) {
      return !all.empty() && all.back().went_to(fmt::format("<{}>", sender()));
    };
    if (code.starts_with('5') && !sink().wait_for(bounced)) {
      throw std::runtime_error("the sender was not told");
    }
  }

  std::string logged_queue_id() const {
    const std::string line_end = fmt::format("message-id={}", message_id());
    if (!postfix_.log().will_have(line_end)) throw std::runtime_error("never reached cleanup(8)");
    const std::string log = postfix_.log().text();
    const std::size_t end = log.rfind(": " + line_end);
    const std::size_t start = log.rfind(' ', end - 1) + 1;
    return log.substr(start, end - start);
  }

  Postfix postfix_;
  std::string xclient_;
  bool pickup_ = false;
  std::vector<std::string> recipients_;
};

}  // namespace

std::unique_ptr<Player> make_postfix_player() {
  return std::make_unique<PostfixPlayer>();
}

}  // namespace optout::test

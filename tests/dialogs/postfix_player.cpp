// Plays a dialog through a real Postfix, with a real server behind it: what is said is SMTP (or
// sendmail(1)), and what came of it is read where mail arrives.

#include "dialogs/player.h"
#include "support/postfix.h"
#include "support/smtp_client.h"
#include "support/smtp_sink.h"

#include <fmt/format.h>

#include <optional>
#include <vector>

namespace optout::test {
namespace {

std::string without_brackets(std::string_view path) {
  if (path.starts_with('<') && path.ends_with('>')) path = path.substr(1, path.size() - 2);
  return std::string(path);
}

// A path as it leaves Postfix: without its route.
std::string as_sent(const std::string& path) {
  std::string plain = without_brackets(path);
  const std::size_t colon = plain.find(':');
  if (plain.starts_with('@') && colon != std::string::npos) plain.erase(0, colon + 1);
  return fmt::format("<{}>", plain);
}

class PostfixPlayer final : public Player {
public:
  PostfixPlayer()
      : postfix_({.milter = address().to_string(), .next_hop = sink_.port(), .parameters = {}}) {}

private:
  void begin() override {
    client_.reset();
    xclient_.clear();
    pickup_ = false;
    sink_.forget();
  }

  void end() override {
    if (client_) client_->say("QUIT");
    client_.reset();
    postfix_.discard_queue();
  }

  void mail_step(const Step& step) override {
    std::string_view rest = step.rest;
    if (step.verb == "CLIENT") {
      xclient_ += " ADDR=" + step.rest;
    } else if (step.verb == "AUTH") {
      xclient_ += " LOGIN=" + step.rest;
    } else if (step.verb == "PICKUP") {
      pickup_ = true;
    } else if (step.verb == "FROM") {
      mail(parse_address_step(rest));
    } else if (step.verb == "TO") {
      recipient(parse_address_step(rest));
    } else if (step.verb == "HEADER") {
      headers_ += step.rest + "\r\n";
    } else if (step.verb == "BODY") {
      body_ += step.rest + "\r\n";
    } else if (step.verb == "DATA") {
      if (!pickup_) data(step.rest);
    } else if (step.verb == "END") {
      pickup_ ? finish_pickup(step.rest) : finish(step.rest);
    } else if (step.verb == "GONE") {
      if (is_delivered(step.rest)) throw std::runtime_error("was delivered");
    } else if (step.verb == "KEPT") {
      if (!is_delivered(step.rest)) throw std::runtime_error("was not delivered");
    } else if (step.verb == "ABORT") {
      expect("250", connected().say("RSET").text);
    } else if (step.verb == "QUIT") {
      connected().say("QUIT");
      client_.reset();
    } else {
      throw std::runtime_error("cannot be played through Postfix");
    }
  }

  SmtpClient& connected() {
    if (client_) return *client_;
    client_.emplace(postfix_.port());
    client_->say("EHLO client.example");
    if (!xclient_.empty()) {
      expect("220", client_->say("XCLIENT" + xclient_).text);
      client_->say("EHLO client.example");
    }
    return *client_;
  }

  static std::string command(std::string_view verb, const AddressStep& step) {
    std::string line = fmt::format("{}{}", verb, step.address);
    for (const std::string& parameter : step.parameters)
      line += " " + parameter;
    return line;
  }

  void mail(const AddressStep& from) {
    id_ = fmt::format("{}@dialog.example", ++messages_);
    sender_ = without_brackets(from.address);
    recipients_.clear();
    headers_ = fmt::format("Message-Id: <{}>\r\n", id_);
    body_.clear();
    data_sent_ = false;
    if (pickup_) return;
    expect(from.expected.empty() ? "250" : from.expected,
           connected().say(command("MAIL FROM:", from)).text);
  }

  void recipient(const AddressStep& to) {
    recipients_.push_back(without_brackets(to.address));
    if (pickup_) return;  // sendmail(1) takes every recipient
    expect(to.expected.empty() ? "250" : to.expected,
           connected().say(command("RCPT TO:", to)).text);
  }

  void data(const std::string& expected) {
    data_sent_ = true;
    expect(expected.empty() ? "354" : expected, connected().say("DATA").text);
  }

  std::string message() const { return headers_ + "\r\n" + (body_.empty() ? "Hello.\r\n" : body_); }

  void finish(const std::string& expected) {
    if (!data_sent_) data("354");
    const std::string reply = connected().send_content(message()).text;
    expect(expected == "accept" ? "250" : expected, reply);
    const std::string_view queued = "queued as ";
    const std::size_t at = reply.find(queued);
    if (at != std::string::npos) postfix_.wait_until_done(reply.substr(at + queued.size()));
  }

  // Nobody is there to hear the reply; it stands in the log, and the sender of a refused message is
  // told.
  void finish_pickup(const std::string& expected) {
    if (postfix_.submit(sender_, recipients_, message()) != 0) {
      throw std::runtime_error("sendmail(1) failed");
    }
    if (expected == "accept") {
      const auto arrived = [&](const std::vector<Delivery>& all) { return find(all) != nullptr; };
      if (!sink_.wait_for(arrived))
        throw std::runtime_error("nothing came:\n" + postfix_.log().text());
      postfix_.wait_until_empty();
      return;
    }
    // "550 5.7.1 text" is logged without its first number.
    const std::string_view code = std::string_view(expected).substr(0, 3);
    const std::string id = queue_id();
    if (!postfix_.log().will_have(id + ": milter-reject: END-OF-MESSAGE " + expected.substr(4))) {
      throw std::runtime_error("was not refused:\n" + postfix_.log().text());
    }
    const auto bounced = [&](const std::vector<Delivery>& all) {
      return !all.empty() && all.back().went_to(fmt::format("<{}>", sender_));
    };
    if (code.starts_with('5') && !sink_.wait_for(bounced)) {
      throw std::runtime_error("the sender was not told");
    }
  }

  std::string queue_id() const {
    const std::string line_end = fmt::format("message-id=<{}>", id_);
    if (!postfix_.log().will_have(line_end)) throw std::runtime_error("never reached cleanup(8)");
    const std::string log = postfix_.log().text();
    const std::size_t end = log.rfind(": " + line_end);
    const std::size_t start = log.rfind(' ', end - 1) + 1;
    return log.substr(start, end - start);
  }

  const Delivery* find(const std::vector<Delivery>& all) const {
    for (const Delivery& delivery : all) {
      if (delivery.data.find(fmt::format("Message-Id: <{}>", id_)) != std::string::npos)
        return &delivery;
    }
    return nullptr;
  }

  bool is_delivered(const std::string& path) const {
    for (const Delivery& delivery : sink_.deliveries()) {
      if (delivery.data.find(fmt::format("Message-Id: <{}>", id_)) != std::string::npos &&
          delivery.sender.starts_with(fmt::format("<{}>", sender_)) &&
          delivery.went_to(as_sent(path))) {
        return true;
      }
    }
    return false;
  }

  SmtpSink sink_;
  Postfix postfix_;
  std::optional<SmtpClient> client_;
  std::string xclient_;
  bool pickup_ = false;
  unsigned messages_ = 0;
  std::string id_;
  std::string sender_;
  std::vector<std::string> recipients_;
  std::string headers_;
  std::string body_;
  bool data_sent_ = false;
};

}  // namespace

std::unique_ptr<Player> make_postfix_player() {
  return std::make_unique<PostfixPlayer>();
}

}  // namespace optout::test

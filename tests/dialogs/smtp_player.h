// What the players with a real MTA have in common: they speak SMTP, and what came of a message they
// read at the server behind the MTA.

#pragma once

#include "dialogs/player.h"
#include "support/smtp_client.h"
#include "support/smtp_sink.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace optout::test {

class SmtpPlayer : public Player {
protected:
  using Player::Player;

  void begin() override;
  void end() override;
  void mail_step(const Step& step) override;
  std::vector<std::string> headers() const override;

  // What the MTAs differ in.
  //
  // CLIENT, AUTH, PICKUP and MACRO; throws if this MTA cannot do that.
  virtual void set_the_scene(const Step& step) = 0;
  // A new conversation, up to EHLO and whatever tells the MTA who we are.
  virtual SmtpClient connect() = 0;
  // The reply to the RCPT with this path, as the milter worded it.
  virtual std::string as_worded(const std::string& reply, const std::string& path) const = 0;
  // The queue id in the answer to the final dot; empty if there is none.
  virtual std::string queue_id(const std::string& reply) const = 0;
  // Waits until the MTA has delivered the message, or holds it.
  virtual void settle(const std::string& id) = 0;
  // Of a message in quarantine.
  virtual std::optional<std::string> held_header(const std::string& id) const = 0;

  // Parts of a message, for an MTA that is also given mail in another way.
  virtual void mail(const AddressStep& from);
  virtual void recipient(const AddressStep& to);
  virtual void data(const std::string& expected);
  virtual void finish(const std::string& expected);

  SmtpSink& sink() { return sink_; }
  std::string message() const { return header_ + "\r\n" + (body_.empty() ? "Hello.\r\n" : body_); }
  const std::string& message_id() const noexcept { return message_id_; }
  const std::string& sender() const noexcept { return sender_; }  // without brackets
  void begin_message(const AddressStep& from);
  void finished_as(std::string queue_id) { queue_id_ = std::move(queue_id); }

  // The copies of the message that arrived.
  std::vector<Delivery> arrived() const;
  void nothing_may_have_come() const;

private:
  SmtpClient& connected();
  void must_be_added(std::string_view field) const;
  void must_be_unchanged() const;
  bool is_delivered(const AddressStep& recipient) const;

  SmtpSink sink_;
  std::optional<SmtpClient> client_;
  unsigned messages_ = 0;
  std::string message_id_;
  std::string sender_;
  std::string header_;
  std::string body_;
  bool data_sent_ = false;
  std::string queue_id_;
  std::size_t there_before_ = 0;  // at the sink
};

}  // namespace optout::test

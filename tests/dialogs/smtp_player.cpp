#include "dialogs/smtp_player.h"

#include "dialogs/message_fields.h"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace optout::test {
namespace {

std::string command(std::string_view verb, const AddressStep& step) {
  std::string line = fmt::format("{}{}", verb, step.address);
  for (const std::string& parameter : step.parameters)
    line += " " + parameter;
  return line;
}

// A path as it leaves an MTA: without its route.
std::string as_sent(const std::string& path) {
  std::string plain = without_brackets(path);
  const std::size_t colon = plain.find(':');
  if (plain.starts_with('@') && colon != std::string::npos) plain.erase(0, colon + 1);
  return fmt::format("<{}>", plain);
}

}  // namespace

void SmtpPlayer::begin() {
  client_.reset();
  sink_.forget();
}

void SmtpPlayer::end() {
  if (client_) client_->say("QUIT");
  client_.reset();
}

void SmtpPlayer::mail_step(const Step& step) {
  const std::string_view rest = step.rest;
  if (step.verb == "FROM") {
    mail(parse_address_step(rest));
  } else if (step.verb == "TO") {
    recipient(parse_address_step(rest));
  } else if (step.verb == "DATA") {
    data(step.rest);
  } else if (step.verb == "HEADER") {
    header_ += step.rest + "\r\n" + with_crlf(step.block);
  } else if (step.verb == "BODY") {
    body_ += step.rest + "\r\n";
  } else if (step.verb == "END") {
    finish(step.rest);
  } else if (step.verb == "ABORT") {
    expect("250", connected().say("RSET").text);
  } else if (step.verb == "QUIT") {
    connected().say("QUIT");
    client_.reset();
  } else if (step.verb == "GONE") {
    if (is_delivered(parse_address_step(rest))) throw std::runtime_error("was delivered");
  } else if (step.verb == "KEPT") {
    if (!is_delivered(parse_address_step(rest))) throw std::runtime_error("was not delivered");
  } else if (step.verb == "HELD") {
    if (!held_header(queue_id_)) throw std::runtime_error("is not held");
  } else if (step.verb == "ADDED") {
    must_be_added(rest);
  } else if (step.verb == "UNCHANGED") {
    must_be_unchanged();
  } else {
    set_the_scene(step);
  }
}

SmtpClient& SmtpPlayer::connected() {
  if (!client_) client_.emplace(connect());
  return *client_;
}

void SmtpPlayer::begin_message(const AddressStep& from) {
  message_id_ = fmt::format("<{}@dialog.example>", ++messages_);
  sender_ = without_brackets(from.address);
  header_ = fmt::format("Message-Id: {}\r\n", message_id_);
  body_.clear();
  data_sent_ = false;
  queue_id_.clear();
  there_before_ = sink_.deliveries().size();
}

void SmtpPlayer::mail(const AddressStep& from) {
  begin_message(from);
  expect(from.expected.empty() ? "250" : from.expected,
         connected().say(command("MAIL FROM:", from)).text);
}

void SmtpPlayer::recipient(const AddressStep& to) {
  const std::string reply = connected().say(command("RCPT TO:", to)).text;
  expect(to.expected.empty() ? "250" : to.expected, as_worded(reply, to.address));
}

void SmtpPlayer::data(const std::string& expected) {
  data_sent_ = true;
  expect(expected.empty() ? "354" : expected, connected().say("DATA").text);
}

void SmtpPlayer::finish(const std::string& expected) {
  if (!data_sent_) data("354");
  const std::string reply = connected().send_content(message()).text;
  const bool discards = expected == "discard";
  expect(expected == "accept" || discards ? "250" : expected, reply);
  queue_id_ = queue_id(reply);
  if (!queue_id_.empty()) settle(queue_id_);
  if (discards) nothing_may_have_come();
}

// Neither the message, nor a bounce or a confirmation of ours.
void SmtpPlayer::nothing_may_have_come() const {
  if (sink_.deliveries().size() == there_before_) return;
  throw std::runtime_error("something was delivered:\n" + sink_.deliveries().back().data);
}

std::vector<Delivery> SmtpPlayer::arrived() const {
  std::vector<Delivery> copies = sink_.deliveries();
  std::erase_if(copies, [&](const Delivery& delivery) {
    return delivery.data.find("Message-Id: " + message_id_) == std::string::npos ||
           !delivery.sender.starts_with(fmt::format("<{}>", sender_));
  });
  return copies;
}

bool SmtpPlayer::is_delivered(const AddressStep& recipient) const {
  const std::vector<Delivery> copies = arrived();
  return std::any_of(copies.begin(), copies.end(), [&](const Delivery& copy) {
    return copy.went_to(as_sent(recipient.address), recipient.parameters);
  });
}

std::vector<std::string> SmtpPlayer::headers() const {
  if (auto held = held_header(queue_id_)) return {*std::move(held)};
  std::vector<std::string> all;
  for (Delivery& copy : arrived())
    all.push_back(std::move(copy.data));
  return all;
}

// "Name: what its value begins with"
void SmtpPlayer::must_be_added(std::string_view field) const {
  const auto [name, pattern] = split_field(field);
  const std::vector<std::string> all = headers();
  const std::string header = all.empty() ? "" : all.front();
  for (const Field& there : fields_of(header)) {
    const bool ours = header_.find(there.bytes) != std::string::npos;
    if (ours || !same_field_name(there.name, name)) continue;
    if (matches(pattern, split_field(there.bytes).second)) return;
  }
  throw std::runtime_error("no such field in:\n" + header);
}

void SmtpPlayer::must_be_unchanged() const {
  const std::vector<Delivery> copies = arrived();
  if (copies.empty()) throw std::runtime_error("nothing arrived");
  for (const Delivery& copy : copies) {
    if (without_additions(copy.data, message()) != message()) {
      throw std::runtime_error(fmt::format("sent:\n{}\narrived:\n{}", message(), copy.data));
    }
  }
}

}  // namespace optout::test

#include "mta/bulk_mail.h"

#include "mta/mail.h"
#include "support/process.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace optout::test {

// "250 2.0.0 Ok: queued as 4TbXyZ1k2l", "250 2.0.0 6ALIIg5w008707 Message accepted for delivery"
std::string BulkMessage::queue_id() const {
  constexpr std::string_view kQueued = "queued as ";
  const std::size_t at = reply.text.find(kQueued);
  const std::size_t start = at != std::string::npos ? at + kQueued.size() : 10;
  if (!is_accepted() || start >= reply.text.size()) return {};
  return reply.text.substr(start, reply.text.find(' ', start) - start);
}

Mailing mailing_to(std::string_view reader, std::size_t messages, std::size_t people_each,
                   std::string_view sender) {
  Mailing mailing(messages);
  std::size_t number = 0;
  for (BulkMessage& message : mailing) {
    message.sender = sender;
    for (std::size_t i = 0; i < people_each; ++i)
      message.recipients.push_back(fmt::format("<{}{}@example.com>", reader, number++));
  }
  return mailing;
}

HandingIn::HandingIn(Mailing& mailing, std::vector<std::uint16_t> ports, unsigned connections)
    : mailing_(mailing) {
  for (unsigned i = 0; i < connections; ++i)
    threads_.emplace_back([this, port = ports[i % ports.size()]] { hand_in(port); });
}

HandingIn::~HandingIn() {
  next_ = mailing_.size();
  for (std::thread& thread : threads_) {
    if (thread.joinable()) thread.join();
  }
}

void HandingIn::hand_in(std::uint16_t port) try {
  SmtpClient client(port);
  client.say("EHLO shop.example");
  for (std::size_t i = next_++; i < mailing_.size(); i = next_++) {
    BulkMessage& message = mailing_[i];
    if (!message.is_accepted()) {
      message.reply = send(client, message.sender, message.recipients,
                           fmt::format("Message-Id: <{}@shop.example>\r\nSubject: Offer {}\r\n{}"
                                       "\r\nHello\r\n",
                                       i, i, message.header));
      if (!message.is_accepted()) client.say("RSET");
    }
    ++answered_;
  }
  client.say("QUIT");
} catch (const std::exception&) {
  const std::lock_guard lock(mutex_);
  trouble_ = std::current_exception();
}

bool HandingIn::wait_for(std::size_t answers) const {
  return wait_until([&] { return answered_ >= answers; });
}

void HandingIn::finish() {
  for (std::thread& thread : threads_)
    thread.join();
  if (trouble_) std::rethrow_exception(std::exchange(trouble_, nullptr));
}

void hand_in(Mailing& mailing, const std::vector<std::uint16_t>& ports, unsigned connections) {
  HandingIn(mailing, ports, connections).finish();
}

std::size_t accepted(const Mailing& mailing) {
  return static_cast<std::size_t>(
      std::count_if(mailing.begin(), mailing.end(),
                    [](const BulkMessage& message) { return message.is_accepted(); }));
}

std::map<std::string, int> copies(const std::vector<Delivery>& deliveries) {
  std::map<std::string, int> copies;
  for (const std::string& recipient : all_recipients(deliveries))
    ++copies[recipient.substr(0, recipient.find('>') + 1)];
  return copies;
}

std::size_t reached(const std::map<std::string, int>& copies, std::string_view reader) {
  return static_cast<std::size_t>(
      std::count_if(copies.begin(), copies.end(), [&](const auto& person) {
        return std::string_view(person.first).substr(1).starts_with(reader);
      }));
}

std::string reached_twice(const std::map<std::string, int>& copies) {
  std::string who;
  for (const auto& [person, times] : copies) {
    if (times > 1) who += person + " ";
  }
  return who;
}

}  // namespace optout::test

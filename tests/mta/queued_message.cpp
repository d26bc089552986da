#include "mta/queued_message.h"

#include "support/smtp_client.h"

#include <fmt/format.h>

#include <exception>

namespace optout::test {
namespace {

void offer(QueuedMessage& message, std::uint16_t port) {
  SmtpClient client(port);
  if (!client.greeting().is_positive() || !client.say("EHLO load.example").is_positive()) return;
  std::vector<std::string> commands{"MAIL FROM:<news@shop.example>"};
  for (const std::string& recipient : message.recipients)
    commands.push_back("RCPT TO:" + recipient);
  const std::vector<SmtpReply> replies = client.pipeline(commands);

  std::vector<std::string> taken;
  std::vector<std::string> left;
  for (std::size_t i = 1; i < replies.size(); ++i) {
    const std::string& recipient = message.recipients[i - 1];
    if (replies[0].is_positive() && replies[i].is_positive()) {
      taken.push_back(recipient);
    } else if (replies[0].is_positive() && replies[i].code >= 500) {
      message.refused.push_back(recipient + " " + replies[i].text);
    } else {
      left.push_back(recipient);
    }
  }
  message.recipients = left;
  if (taken.empty()) return;

  SmtpReply end = client.say("DATA");
  if (end.code == 354) {
    end = client.send_content(fmt::format("Message-Id: <{}>\r\nSubject: load\r\n{}\r\nHello\r\n",
                                          message.id, message.header));
  }
  for (const std::string& recipient : taken) {
    if (end.code >= 500) message.refused.push_back(recipient + " " + end.text);
    if (end.code < 200 || (end.code >= 400 && end.code < 500))
      message.recipients.push_back(recipient);
  }
  client.say("QUIT");
}

}  // namespace

bool attempt(QueuedMessage& message, std::uint16_t port) noexcept {
  try {
    offer(message, port);
  } catch (const std::exception&) {
    // No connection, or no answer: the same as being put off.
  }
  return message.recipients.empty();
}

}  // namespace optout::test

#include "mta/mail.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <stdexcept>

namespace optout::test {

void opt_out(const OptoutMilter& milter, const std::string& set,
             const std::vector<std::string>& members) {
  std::vector<std::string> arguments{"add"};
  arguments.insert(arguments.end(), members.begin(), members.end());
  arguments.insert(arguments.end(), {"--set", set});
  if (const Finished added = milter.ctl(arguments); added.exit_status != 0) {
    throw std::runtime_error("optoutctl add: " + added.err);
  }
}

SmtpReply send(SmtpClient& client, std::string_view sender,
               const std::vector<std::string>& recipients, std::string_view message) {
  client.say(fmt::format("MAIL FROM:{}", sender));
  for (const std::string& recipient : recipients)
    client.say("RCPT TO:" + recipient);
  const SmtpReply data = client.say("DATA");
  return data.code == 354 ? client.send_content(message) : data;
}

std::vector<std::string> all_recipients(const std::vector<Delivery>& deliveries) {
  std::vector<std::string> all;
  for (const Delivery& delivery : deliveries)
    all.insert(all.end(), delivery.recipients.begin(), delivery.recipients.end());
  std::sort(all.begin(), all.end());
  return all;
}

std::string who_got_mail(const std::vector<Delivery>& deliveries) {
  std::vector<std::string> all = all_recipients(deliveries);
  for (std::string& recipient : all)
    recipient.resize(recipient.find('>') + 1);
  return fmt::format("{}", fmt::join(all, " "));
}

}  // namespace optout::test

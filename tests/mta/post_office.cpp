#include "mta/post_office.h"

#include "mta/mail.h"

#include <fmt/format.h>

#include <sstream>
#include <stdexcept>

namespace optout::test {
namespace {

std::vector<std::string> columns_of(const std::string& line) {
  std::vector<std::string> columns;
  std::istringstream in(line);
  for (std::string column; std::getline(in, column, '\t');)
    columns.push_back(column);
  return columns;
}

}  // namespace

PostOffice::PostOffice(PostfixPlacement& placement)
    : ours_(placement.postfix.port()),
      world_(placement.postfix.port("192.0.2.25:smtp")),
      stranger_("127.0.0.5"),
      settle_([&placement] { return placement.postfix.wait_until_empty(); }),
      sink_(placement.sink),
      milter_(placement.milter),
      redis_(placement.redis) {}

PostOffice::PostOffice(SendmailPlacement& placement)
    : ours_(placement.port("Port=2525")),
      world_(placement.port("Port=smtp")),
      stranger_("127.0.0.1"),        // of any other, it asks the DNS for the name
      settle_([] { return true; }),  // it delivers before it answers
      sink_(placement.sink),
      milter_(placement.milter),
      redis_(placement.redis) {}

SmtpReply PostOffice::send_out(std::string_view sender, const std::vector<std::string>& recipients,
                               std::string_view message) const {
  SmtpClient client(ours_);
  client.say("EHLO shop.example");
  return send(client, sender, recipients, message);
}

SmtpReply PostOffice::send_newsletter(const std::string& reader, std::string_view list) const {
  const char* const sender = list.empty() ? "<till@receipts.example.com>" : "<news@shop.example>";
  return send_out(sender, {"<" + reader + ">"}, newsletter(reader, list));
}

std::string PostOffice::copy_for(const std::string& reader, std::string_view list) const {
  const SmtpReply reply = send_newsletter(reader, list);
  const auto deliveries = went_out();
  if (deliveries.size() != 1 || !deliveries[0].went_to("<" + reader + ">")) {
    throw std::runtime_error(fmt::format("{} gets no newsletter: {}", reader, reply.text));
  }
  return deliveries[0].data;
}

SmtpReply PostOffice::take_in(const UnsubscribeMail& mail) const {
  SmtpClient client(world_, stranger_);
  client.say("EHLO stranger.example");
  return send(client, mail.sender, {mail.recipient}, mail.message);
}

std::vector<Delivery> PostOffice::went_out() const {
  if (!settle_()) throw std::runtime_error("the queue does not empty");
  auto deliveries = sink_.deliveries();
  sink_.forget();
  return deliveries;
}

std::string PostOffice::reached() const {
  return who_got_mail(went_out());
}

std::string PostOffice::opt_outs_of(const std::string& address) const {
  const Finished check = milter_.ctl({"check", "-o", "tab", address});
  std::istringstream lines(check.out);
  std::string line;
  std::getline(lines, line);
  const std::vector<std::string> names = columns_of(line);
  std::string found;
  while (std::getline(lines, line)) {
    const std::vector<std::string> values = columns_of(line);
    std::string set;
    std::string source;
    for (std::size_t i = 0; i < values.size() && i < names.size(); ++i) {
      if (names[i] == "set") set = values[i];
      if (names[i] == "source") source = values[i];
    }
    if (set.empty() || set == "-") continue;
    if (!found.empty()) found += ", ";
    found += set + " " + source;
  }
  return found;
}

}  // namespace optout::test

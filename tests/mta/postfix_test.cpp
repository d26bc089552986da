// What only a real MTA can show: what becomes of the message itself, of ESMTP parameters, of the
// other recipients, and of mail when the daemon dies under it. The rest is in tests/dialogs.

#include "mta/mail.h"
#include "mta/relay.h"

#include <boost/test/unit_test.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <csignal>
#include <memory>

namespace optout::test {
namespace {

constexpr std::string_view kStrip = "streams: [{ name: default, on_opted_out: strip }]";

// One relay for all tests of this program; Postfix takes a second to start.
std::unique_ptr<Relay> the_relay;

struct StartRelay {
  StartRelay() { skip_all_if(Relay::unavailable()); }
  void setup() { the_relay = std::make_unique<Relay>(); }
  void teardown() { the_relay.reset(); }
};
BOOST_TEST_GLOBAL_FIXTURE(StartRelay);

std::vector<Delivery> delivered(std::size_t messages) {
  the_relay->postfix.wait_until_empty();
  the_relay->sink.wait_for([&](const auto& all) { return all.size() >= messages; });
  return the_relay->sink.deliveries();
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_stripped_message_arrives_byte_for_byte_as_it_was_sent) {  // SC-10, AD-01
  the_relay->begin_anew(kStrip);
  the_relay->opt_out("global", {"ann@example.com"});
  std::string message =
      "X-First: 1\r\n"
      "From: Shop <shop@shop.example>\r\n"
      "To: ann@example.com,\r\n\tbob@example.com\r\n"
      "Subject:no space, \ttab,  trailing blanks  \r\n"
      "Date: Sat, 21 Nov 2026 12:00:00 +0000\r\n"
      "Message-ID: <one@shop.example>\r\n"
      "DKIM-Signature: v=1; a=rsa-sha256;\r\n  b=AAAA\r\n   BBBB\r\n"
      "List-Id: <news.example.com>\r\n"
      "List-ID-Like: x\r\n"
      "\r\n"
      ".leading dot\r\n..two\r\n\r\nFrom here\r\n8 bit: \xc3\xa4 \xff\r\n";
  for (int i = 0; i < 3000; ++i)
    message += fmt::format("line {} of a body that spans chunks\r\n", i);
  SmtpClient client = connect_to(*the_relay);
  BOOST_TEST(send(client, "<news@shop.example> BODY=8BITMIME",
                  {"<ann@example.com>", "<bob@example.com>"}, message)
                 .code == 250);

  const auto deliveries = delivered(1);
  BOOST_TEST_REQUIRE(deliveries.size() == 1);
  BOOST_TEST(deliveries[0].recipients.size() == 1);
  BOOST_TEST(deliveries[0].went_to("<bob@example.com>"));
  BOOST_TEST((from_field(deliveries[0].data, "X-First") == message));
}

BOOST_AUTO_TEST_CASE(parameters_of_kept_recipients_survive_a_strip) {
  the_relay->begin_anew(kStrip);
  the_relay->opt_out("global", {"ann@example.com"});
  SmtpClient client = connect_to(*the_relay);
  BOOST_TEST(send(client, "<news@shop.example> RET=HDRS ENVID=QQ314159",
                  {"<ann@example.com> NOTIFY=SUCCESS ORCPT=rfc822;first@elsewhere.example",
                   "<bob@example.com> NOTIFY=SUCCESS,DELAY ORCPT=rfc822;second@elsewhere.example"},
                  "Subject: x\r\n\r\nHello\r\n")
                 .code == 250);
  const auto deliveries = delivered(1);
  BOOST_TEST_REQUIRE(deliveries.size() == 1);
  BOOST_TEST_REQUIRE(deliveries[0].recipients.size() == 1);
  const std::string& bob = deliveries[0].recipients[0];
  BOOST_TEST(bob.starts_with("<bob@example.com> "));
  BOOST_TEST((bob.find("ORCPT=rfc822;second@elsewhere.example") != std::string::npos));
  BOOST_TEST((bob.find("NOTIFY=SUCCESS,DELAY") != std::string::npos));
  BOOST_TEST((deliveries[0].sender.find("ENVID=QQ314159") != std::string::npos));
}

BOOST_AUTO_TEST_CASE(pipelined_recipients_get_one_answer_each_in_their_order) {
  the_relay->begin_anew();
  the_relay->opt_out("global", {"ann@example.com", "carl@example.com"});
  SmtpClient client = connect_to(*the_relay);
  const auto replies = client.pipeline(
      {"MAIL FROM:<news@shop.example>", "RCPT TO:<ann@example.com>", "RCPT TO:<bob@example.com>",
       "RCPT TO:<carl@example.com>", "RCPT TO:<dora@example.com>", "DATA"});
  std::vector<int> codes;
  for (const SmtpReply& reply : replies)
    codes.push_back(reply.code);
  BOOST_TEST((codes == std::vector<int>{250, 550, 250, 550, 250, 354}));
  BOOST_TEST(client.send_content("Subject: x\r\n\r\nHello\r\n").code == 250);
  const auto recipients = all_recipients(delivered(1));
  BOOST_TEST_REQUIRE(recipients.size() == 2);
  BOOST_TEST(recipients[0].starts_with("<bob@example.com>"));
  BOOST_TEST(recipients[1].starts_with("<dora@example.com>"));
}

BOOST_AUTO_TEST_CASE(of_a_thousand_recipients_exactly_the_opted_out_are_missing) {
  the_relay->begin_anew(kStrip);
  constexpr int kRecipients = 1000;
  std::vector<std::string> opted_out;
  std::vector<std::string> recipients;
  std::vector<std::string> wanted;
  for (int i = 0; i < kRecipients; ++i) {
    const std::string address = fmt::format("r{:04}@example.com", i);
    recipients.push_back("<" + address + ">");
    if (i % 3 == 0) {
      opted_out.push_back(address);
    } else {
      wanted.push_back("<" + address + ">");
    }
  }
  the_relay->opt_out("global", opted_out);
  SmtpClient client = connect_to(*the_relay);
  BOOST_TEST(send(client, "<news@shop.example>", recipients, "Subject: x\r\n\r\nHello\r\n").code ==
             250);

  std::vector<std::string> arrived = all_recipients(delivered(1));
  for (std::string& recipient : arrived)
    recipient.resize(recipient.find('>') + 1);
  BOOST_TEST((arrived == wanted));
}

BOOST_AUTO_TEST_CASE(
    a_message_whose_recipients_all_opted_out_reaches_nobody_and_is_refused) {  // SC-09
  the_relay->begin_anew(kStrip);
  the_relay->opt_out("global", {"@example.com"});
  SmtpClient client = connect_to(*the_relay);
  const SmtpReply refused =
      send(client, "<news@shop.example>", {"<ann@example.com>", "<Bob@EXAMPLE.com>"},
           "Subject: x\r\n\r\nHello\r\n");
  BOOST_TEST(refused.text.starts_with("550 5.7.1 "));
  BOOST_TEST(
      send(client, "<news@shop.example>", {"<dora@example.org>"}, "Subject: y\r\n\r\nHello\r\n")
          .code == 250);
  const auto recipients = all_recipients(delivered(1));
  BOOST_TEST_REQUIRE(recipients.size() == 1);
  BOOST_TEST(recipients[0].starts_with("<dora@example.org>"));
}

BOOST_AUTO_TEST_CASE(
    a_daemon_that_dies_in_mid_message_lets_nothing_through) {  // design section 10, rule 6
  the_relay->begin_anew();
  the_relay->opt_out("list:news.example.com", {"ann@example.com"});
  SmtpClient client = connect_to(*the_relay);
  client.say("MAIL FROM:<news@shop.example>");
  BOOST_TEST(client.say("RCPT TO:<ann@example.com>").code == 250);
  BOOST_TEST(client.say("RCPT TO:<bob@example.com>").code == 250);
  the_relay->milter.kill();
  the_relay->milter.start();  // the killed daemon's socket file is in the way, and must not matter
  SmtpReply end = client.say("DATA");
  if (end.code == 354) end = client.send_content("List-Id: <news.example.com>\r\n\r\nHello\r\n");
  BOOST_TEST(end.code / 100 == 4);

  SmtpClient again = connect_to(*the_relay);
  BOOST_TEST(send(again, "<news@shop.example>", {"<ann@example.com>", "<bob@example.com>"},
                  "List-Id: <news.example.com>\r\n\r\nHello\r\n")
                 .code == 250);
  const auto recipients = all_recipients(delivered(1));
  BOOST_TEST_REQUIRE(recipients.size() == 1);
  BOOST_TEST(recipients[0].starts_with("<bob@example.com>"));
}

BOOST_AUTO_TEST_CASE(a_daemon_that_is_told_to_stop_finishes_the_message_in_hand) {
  the_relay->begin_anew();
  the_relay->opt_out("list:news.example.com", {"ann@example.com"});
  SmtpClient client = connect_to(*the_relay);
  client.say("MAIL FROM:<news@shop.example>");
  client.say("RCPT TO:<ann@example.com>");
  client.say("RCPT TO:<bob@example.com>");
  the_relay->milter.signal(SIGTERM);
  client.say("DATA");
  BOOST_TEST(client.send_content("List-Id: <news.example.com>\r\n\r\nHello\r\n").code == 250);
  client.say("QUIT");
  BOOST_TEST(the_relay->milter.stop() == 0);
  the_relay->milter.start();
  const auto recipients = all_recipients(delivered(1));
  BOOST_TEST_REQUIRE(recipients.size() == 1);
  BOOST_TEST(recipients[0].starts_with("<bob@example.com>"));
}

BOOST_AUTO_TEST_CASE(mail_from_sendmail_is_stripped_and_leaves_the_queue) {  // SC-13
  the_relay->begin_anew();
  the_relay->opt_out("global", {"ann@example.com"});
  BOOST_TEST(the_relay->postfix.submit("cron@shop.example", {"ann@example.com", "bob@example.com"},
                                       "Subject: x\n\nHello\n") == 0);
  const auto recipients = all_recipients(delivered(1));
  BOOST_TEST_REQUIRE(recipients.size() == 1);
  BOOST_TEST(recipients[0].starts_with("<bob@example.com>"));
  BOOST_TEST(the_relay->postfix.wait_until_empty());
  BOOST_TEST(!the_relay->postfix.log().has("milter configuration error"));
}

}  // namespace optout::test

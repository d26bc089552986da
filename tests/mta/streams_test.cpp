// Holding mail and only watching it, end to end: what an administrator does with a message in the
// queue, and mail that must come through as if we were not there.

#include "mta/mail.h"
#include "mta/needs.h"
#include "mta/relay.h"
#include "support/sendmail.h"

#include <boost/test/unit_test.hpp>
#include <fmt/format.h>

#include <memory>

namespace optout::test {
namespace {

constexpr std::string_view kHold = "streams: [{ name: default, on_opted_out: hold }]";
constexpr std::string_view kReason = "optout; recipients=1/1; stream=default";
constexpr std::string_view kMessage = "Subject: x\r\n\r\nHello\r\n";

std::unique_ptr<Relay> the_relay;

struct StartRelay {
  StartRelay() { skip_all_if(Relay::unavailable()); }
  void setup() { the_relay = std::make_unique<Relay>(); }
  void teardown() { the_relay.reset(); }
};
BOOST_TEST_GLOBAL_FIXTURE(StartRelay);

// The word after `before` in a reply: its queue id.
std::string queue_id(const SmtpReply& reply, std::string_view before) {
  const std::size_t at = reply.text.find(before);
  BOOST_TEST_REQUIRE((at != std::string::npos), reply.text);
  const std::size_t start = at + before.size();
  return reply.text.substr(start, reply.text.find(' ', start) - start);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(held_mail)

BOOST_AUTO_TEST_CASE(waits_in_postfix_with_its_reason_until_it_is_released_once) {
  the_relay->begin_anew(kHold);
  the_relay->opt_out("global", {"ann@example.com"});
  SmtpClient client = connect_to(*the_relay);
  const SmtpReply reply = send(client, "<news@shop.example>", {"<ann@example.com>"}, kMessage);
  const std::string id = queue_id(reply, "queued as ");

  const auto header = the_relay->postfix.held_header(id);
  BOOST_TEST_REQUIRE(header.has_value());
  BOOST_TEST((header->find(fmt::format("X-Optout-Hold: {}\r\n", kReason)) != std::string::npos));
  BOOST_TEST((the_relay->postfix.queue().find(id + "!") != std::string::npos));
  // Postfix keeps the reason nowhere, so our log has to say which message was held for whom.
  BOOST_TEST(the_relay->milter.log().has(id + ": action=hold, to=<ann@example.com>, set=global,"));
  BOOST_TEST(the_relay->milter.log().has(id + ": action=hold, nrcpt=1, held=1,"));
  BOOST_TEST(the_relay->sink.deliveries().empty());

  the_relay->milter.kill();  // who is released is not asked about again
  the_relay->postfix.release(id);
  BOOST_TEST(the_relay->postfix.wait_until_empty());
  the_relay->milter.start();
  const auto deliveries = the_relay->sink.deliveries();
  BOOST_TEST_REQUIRE(deliveries.size() == 1);
  BOOST_TEST(deliveries[0].went_to("<ann@example.com>"));
}

BOOST_AUTO_TEST_CASE(waits_in_sendmail_with_its_reason_until_it_is_released_once,
                     *needs<Sendmail>()) {
  const SharedDir directory(Sendmail::kParent);
  const SmtpSink sink;
  const RedisServer redis;
  OptoutMilter milter(redis, unix_socket(directory / "milter.sock"), kHold);
  const Sendmail sendmail({.milter = milter.address().to_string(), .next_hop = sink.port()});
  opt_out(milter, "global", {"ann@example.com"});
  SmtpClient client(sendmail.port());
  client.say("EHLO client.example");
  const SmtpReply reply = send(client, "<news@shop.example>", {"<ann@example.com>"}, kMessage);
  const std::string id = queue_id(reply, "250 2.0.0 ");

  BOOST_TEST(sendmail.held_header(id).has_value());
  const std::string quarantine = sendmail.quarantine();
  BOOST_TEST((quarantine.find(id) != std::string::npos), quarantine);
  BOOST_TEST((quarantine.find(kReason) != std::string::npos), quarantine);
  BOOST_TEST(milter.log().has(id + ": action=hold, to=<ann@example.com>, set=global,"));
  BOOST_TEST(sink.deliveries().empty());

  milter.kill();
  sendmail.release(id);
  BOOST_TEST(sink.wait_for([](const auto& all) { return !all.empty(); }));
  BOOST_TEST(who_got_mail(sink.deliveries()) == "<ann@example.com>");
  BOOST_TEST((sendmail.quarantine().find(id) == std::string::npos));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(monitor_mode)

// Two streams, told by their senders, with the same rules: one is only watched.
std::string watched_and_enforced(std::string_view on_opted_out) {
  return fmt::format(
      "streams:\n"
      "  - {{ name: watched, mode: monitor, when: {{ sender: [new@shop.example] }}, "
      "on_opted_out: {0} }}\n"
      "  - {{ name: default, on_opted_out: {0} }}\n",
      on_opted_out);
}

BOOST_AUTO_TEST_CASE(a_watched_stream_is_left_as_it_is_while_another_is_enforced) {
  the_relay->begin_anew(watched_and_enforced("strip"));
  the_relay->opt_out("global", {"ann@example.com"});
  const std::string message =
      "X-First: 1\r\n"
      "From: Shop <new@shop.example>\r\n"
      "To: ann@example.com,\r\n\tbob@example.com\r\n"
      "Subject:no space, \ttab,  trailing blanks  \r\n"
      "Date: Sat, 21 Nov 2026 12:00:00 +0000\r\n"
      "Message-ID: <one@shop.example>\r\n"
      "\r\n"
      ".leading dot\r\n8 bit: \xc3\xa4 \xff\r\n";
  SmtpClient client = connect_to(*the_relay);
  const std::vector<std::string> recipients{"<ann@example.com>", "<bob@example.com>"};
  const std::string id =
      queue_id(send(client, "<new@shop.example> BODY=8BITMIME", recipients, message), "queued as ");
  the_relay->postfix.wait_until_empty();
  const auto deliveries = the_relay->sink.deliveries();
  BOOST_TEST(who_got_mail(deliveries) == "<ann@example.com> <bob@example.com>");
  for (const Delivery& delivery : deliveries)
    BOOST_TEST((from_field(delivery.data, "X-First") == message));
  BOOST_TEST(the_relay->milter.log().has(
      id + ": action=would-strip, to=<ann@example.com>, set=global, stream=watched,"));
  BOOST_TEST(the_relay->milter.log().has(id + ": nrcpt=2, would-strip=1, stream=watched,"));

  the_relay->sink.forget();
  send(client, "<news@shop.example>", recipients, kMessage);
  the_relay->postfix.wait_until_empty();
  BOOST_TEST(who_got_mail(the_relay->sink.deliveries()) == "<bob@example.com>");
}

BOOST_AUTO_TEST_CASE(a_watched_stream_refuses_nobody_and_says_whom_it_would) {
  the_relay->begin_anew(watched_and_enforced("reject"));
  the_relay->milter.kill();  // whether it answers at RCPT is agreed with the MTA at its start
  the_relay->milter.start();
  the_relay->opt_out("global", {"ann@example.com"});
  SmtpClient client = connect_to(*the_relay);
  client.say("MAIL FROM:<new@shop.example>");
  BOOST_TEST(client.say("RCPT TO:<ann@example.com>").code == 250);
  client.say("RSET");
  BOOST_TEST(the_relay->milter.log().will_have(
      "action=would-reject, to=<ann@example.com>, set=global, stream=watched,"));
  client.say("MAIL FROM:<news@shop.example>");
  BOOST_TEST(client.say("RCPT TO:<ann@example.com>").text.starts_with("550 5.7.1 "));
}

BOOST_AUTO_TEST_CASE(a_watched_stream_holds_and_tags_nothing) {
  for (const char* on_opted_out : {"hold", "accept-and-tag"}) {
    the_relay->begin_anew(watched_and_enforced(on_opted_out));
    the_relay->opt_out("global", {"ann@example.com"});
    SmtpClient client = connect_to(*the_relay);
    send(client, "<new@shop.example>", {"<ann@example.com>"}, kMessage);
    BOOST_TEST(the_relay->postfix.wait_until_empty());
    const auto deliveries = the_relay->sink.deliveries();
    BOOST_TEST(who_got_mail(deliveries) == "<ann@example.com>");
    BOOST_TEST((deliveries.at(0).data.find("X-Optout") == std::string::npos));
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace optout::test

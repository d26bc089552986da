// The recipe for OpenDKIM, and what becomes of signatures in general.

#include "mta/mail.h"
#include "mta/needs.h"
#include "mta/opendkim.h"
#include "mta/placement.h"

#include <boost/test/unit_test.hpp>

namespace optout::test {

BOOST_AUTO_TEST_SUITE(opendkim, *needs<OpenDkim>())

namespace {

const std::vector<std::string> kAnnAndBob{"<ann@example.com>", "<bob@example.com>"};

const std::string kNewsletter =
    "From: Shop <news@shop.example>\r\n"
    "To: ann@example.com, bob@example.com\r\n"
    "Subject: News\r\n"
    "Date: Sat, 21 Nov 2026 12:00:00 +0000\r\n"
    "Message-ID: <one@shop.example>\r\n"
    "List-Unsubscribe: <https://shop.example/u/1>\r\n"
    "List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"
    "\r\n"
    "Hello\r\n";

// What becomes of a newsletter to ann, who has opted out, and bob.
std::string signed_newsletter(const OpenDkim& dkim, PostfixPlacement& placement) {
  SmtpClient client(placement.postfix.port());
  client.say("EHLO client.example");
  const SmtpReply reply =
      send(client, "<news@shop.example>", {"<ann@example.com>", "<bob@example.com>"}, kNewsletter);
  BOOST_TEST(reply.code == 250);
  placement.postfix.wait_until_empty();
  const auto deliveries = placement.sink.deliveries();
  BOOST_REQUIRE_EQUAL(deliveries.size(), 1U);
  BOOST_TEST(dkim.verifies(deliveries[0].data), deliveries[0].data);
  return deliveries[0].data;
}

const Replacements kAsWritten;
const Replacements kSignerFirst{{"unix:optout-milter/milter.sock, inet:127.0.0.1:8891",
                                 "inet:127.0.0.1:8891, unix:optout-milter/milter.sock"}};

// A relay that signs.
struct Signed {
  explicit Signed(const Replacements& replacements) : placement("opendkim", replacements) {
    const std::string& port = placement.lines.replacement("8891");
    dkim.serve(placement.lines.lines_for("opendkim.conf"),
               static_cast<std::uint16_t>(std::stoi(port)));
    placement.opt_out({"ann@example.com"});
  }
  OpenDkim dkim;
  PostfixPlacement placement;
};

bool is_signed(const std::string& message, const std::string& field) {
  return signed_fields(message).find(":" + field + ":") != std::string::npos;
}

}  // namespace

BOOST_AUTO_TEST_CASE(what_we_add_is_signed_and_so_is_all_that_one_click_needs) {
  Signed relay(kAsWritten);
  relay.placement.configure("streams: [{ name: default, on_opted_out: accept-and-tag }]");
  const std::string message = signed_newsletter(relay.dkim, relay.placement);
  for (const char* field : {"from", "list-unsubscribe", "list-unsubscribe-post", "x-optout"})
    BOOST_TEST(is_signed(message, field), field);
}

BOOST_AUTO_TEST_CASE(a_signature_of_the_relay_covers_a_message_of_which_somebody_was_stripped) {
  Signed relay(kAsWritten);
  relay.placement.configure("streams: [{ name: default, on_opted_out: strip }]");
  BOOST_TEST(is_signed(signed_newsletter(relay.dkim, relay.placement), "to"));
  BOOST_TEST(who_got_mail(relay.placement.sink.deliveries()) == "<bob@example.com>");
}

BOOST_AUTO_TEST_CASE(in_the_other_order_what_we_add_is_not_signed) {
  Signed relay(kSignerFirst);
  relay.placement.configure("streams: [{ name: default, on_opted_out: accept-and-tag }]");
  const std::string message = signed_newsletter(relay.dkim, relay.placement);
  BOOST_TEST((message.find("X-Optout: ") != std::string::npos));
  BOOST_TEST(!is_signed(message, "x-optout"));
}

BOOST_AUTO_TEST_CASE(a_signature_of_the_sender_survives_a_strip) {
  const OpenDkim dkim;
  PostfixPlacement placement("socket");
  placement.configure("streams: [{ name: default, on_opted_out: strip }]");
  placement.opt_out({"ann@example.com"});
  const std::string message = dkim.sign(kNewsletter);
  BOOST_TEST_REQUIRE(message.starts_with("DKIM-Signature:"));
  SmtpClient client(placement.postfix.port());
  client.say("EHLO client.example");
  send(client, "<news@shop.example>", kAnnAndBob, message);
  placement.postfix.wait_until_empty();
  const auto deliveries = placement.sink.deliveries();
  BOOST_TEST(who_got_mail(deliveries) == "<bob@example.com>");
  BOOST_TEST(dkim.verifies(deliveries.at(0).data));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace optout::test

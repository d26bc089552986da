#include "traffic/postfix_log.h"

#include <boost/test/unit_test.hpp>

#include <sstream>

namespace optout {
namespace {

const MailTime kNow = parse_mail_time("2026-11-22T10:00:00Z").value();

std::vector<Delivery> read(PostfixLog& log, const std::string& text) {
  SyslogTime time(kNow, std::nullopt);
  std::vector<Delivery> found;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) {
    const auto parsed = parse_postfix_line(line, time);
    BOOST_REQUIRE_MESSAGE(parsed.has_value(), line);
    if (auto delivery = log.read(*parsed)) found.push_back(*std::move(delivery));
  }
  return found;
}

std::vector<Delivery> read(const std::string& text) {
  PostfixLog log;
  return read(log, text);
}

// A line of the log, at this minute of an hour.
std::string line(int minute, const std::string& rest) {
  return "2026-11-22T09:" + std::string(minute < 10 ? "0" : "") + std::to_string(minute) +
         ":00.5+00:00 mx1 postfix/" + rest + "\n";
}

const std::string kTaken =
    line(1,
         "submission/smtpd[1]: 4Xy1: client=web[192.0.2.7], sasl_method=PLAIN, "
         "sasl_username=crm") +
    line(1, "cleanup[2]: 4Xy1a: message-id=<m@x>") +
    line(1,
         "submission/smtpd[1]: 4Xy1a: client=web.example.com[192.0.2.7]:4711, "
         "sasl_method=PLAIN, sasl_username=crm") +
    line(2, "qmgr[3]: 4Xy1a: from=<news@shop.example>, size=1024, nrcpt=2 (queue active)");

}  // namespace

BOOST_AUTO_TEST_SUITE(postfix_log)

BOOST_AUTO_TEST_CASE(a_message_is_put_together_from_its_lines) {
  const auto found =
      read(kTaken +
           line(3,
                "smtp[4]: 4Xy1a: to=<ann@x.example>, relay=mx[192.0.2.1]:25, "
                "delay=1, dsn=2.0.0, status=sent (250 ok)") +
           line(9,
                "relay/smtp[4]: 4Xy1a: to=<bob@x.example>, relay=none, delay=9, dsn=4.4.1, "
                "status=deferred (connect to mx: Connection refused)"));
  BOOST_REQUIRE_EQUAL(found.size(), 2u);
  BOOST_TEST(found[0].recipient == "ann@x.example");
  BOOST_TEST(found[1].recipient == "bob@x.example");
  for (const Delivery& delivery : found) {
    BOOST_TEST((delivery.origin == Origin{"crm", "192.0.2.7", "news@shop.example", ""}));
    BOOST_TEST(to_string(delivery.at) == "2026-11-22T09:01:00Z");
    BOOST_TEST(delivery.message == found[0].message);
  }
  BOOST_TEST(to_string(found[1].seen) == "2026-11-22T09:09:00Z");
}

BOOST_AUTO_TEST_CASE(traditional_time_stamps_are_understood) {
  std::string text = kTaken + line(3, "smtp[4]: 4Xy1a: to=<ann@x.example>, status=sent (ok)");
  for (std::size_t at = 0; (at = text.find("2026-11-22T")) != std::string::npos;)
    text.replace(at, std::string("2026-11-22T09:01:00.5+00:00").size(),
                 "Nov 22 " + text.substr(at + 11, 8));
  BOOST_TEST(read(text).size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_recipient_who_is_tried_again_is_told_once) {
  const std::string tried =
      line(3, "smtp[4]: 4Xy1a: to=<ann@x.example>, relay=none, status=deferred (wait)");
  BOOST_TEST(read(kTaken + tried + tried).size() == 1u);
}

BOOST_AUTO_TEST_CASE(the_address_that_was_given_counts_and_not_what_aliases_make_of_it) {
  const auto found = read(
      kTaken + line(3, "local[4]: 4Xy1a: to=<a@mx1>, orig_to=<team@x.example>, status=sent (ok)") +
      line(3, "local[4]: 4Xy1a: to=<b@mx1>, orig_to=<team@x.example>, status=sent (ok)"));
  BOOST_REQUIRE_EQUAL(found.size(), 1u);
  BOOST_TEST(found[0].recipient == "team@x.example");
}

BOOST_AUTO_TEST_CASE(mail_by_pickup_has_a_sender_and_no_client) {
  const auto found = read(line(1, "pickup[1]: 5AB12: uid=33 from=<www-data>") +
                          line(1,
                               "qmgr[3]: 5AB12: from=<www@shop.example>, size=9, nrcpt=1 "
                               "(queue active)") +
                          line(2, "smtp[4]: 5AB12: to=<ann@x.example>, status=sent (ok)"));
  BOOST_REQUIRE_EQUAL(found.size(), 1u);
  BOOST_TEST((found[0].origin == Origin{"", "", "www@shop.example", ""}));
}

BOOST_AUTO_TEST_CASE(what_another_server_said_is_not_taken_for_ours) {
  const auto found = read(
      kTaken + line(3,
                    "smtp[4]: 4Xy1a: to=<ann@x.example>, relay=none, dsn=5.0.0, status=bounced "
                    "(host said: 550 no, orig_to=<evil@x.example>, status=sent)"));
  BOOST_REQUIRE_EQUAL(found.size(), 1u);
  BOOST_TEST(found[0].recipient == "ann@x.example");
  BOOST_TEST(read(kTaken + line(3,
                                "smtp[4]: 4Xy1a: to=<ann@x.example>, relay=none (said: "
                                "x, status=sent)"))
                 .empty());
}

BOOST_AUTO_TEST_CASE(a_quoted_local_part_may_hold_what_separates) {
  const auto found = read(
      kTaken + line(3, "smtp[4]: 4Xy1a: to=<\"a, b=c\"@x.example>, relay=none, status=sent (k)"));
  BOOST_REQUIRE_EQUAL(found.size(), 1u);
  BOOST_TEST(found[0].recipient == "\"a, b=c\"@x.example");
}

BOOST_AUTO_TEST_CASE(a_queue_id_that_is_given_again_is_another_message) {
  const auto found = read(
      kTaken + line(3, "smtp[4]: 4Xy1a: to=<ann@x.example>, status=sent (ok)") +
      line(4, "qmgr[3]: 4Xy1a: removed") + line(5, "smtpd[1]: 4Xy1a: client=other[192.0.2.9]") +
      line(5, "qmgr[3]: 4Xy1a: from=<x@y.example>, size=1, nrcpt=1 (queue active)") +
      line(6, "smtp[4]: 4Xy1a: to=<ann@x.example>, status=sent (ok)"));
  BOOST_REQUIRE_EQUAL(found.size(), 2u);
  BOOST_TEST(found[1].origin.client == "192.0.2.9");
  BOOST_TEST(found[1].origin.auth == "");
  BOOST_TEST(found[0].message != found[1].message);
}

BOOST_AUTO_TEST_CASE(mail_from_before_the_log_begins_is_counted_and_not_guessed) {
  PostfixLog log;
  BOOST_TEST(read(log, line(3, "smtp[4]: 4Xy1a: to=<ann@x.example>, status=sent (ok)")).empty());
  BOOST_TEST(log.without_origin() == 1u);
}

// Bounces and notices come from no client: no milter is asked about them.
BOOST_AUTO_TEST_CASE(mail_of_postfix_itself_is_left_out) {
  PostfixLog log;
  const auto found =
      read(log, line(2, "bounce[5]: 4Xy1a: sender non-delivery notification: 4Xy1b") +
                    line(2, "qmgr[3]: 4Xy1b: from=<>, size=2048, nrcpt=1 (queue active)") +
                    line(3, "smtp[4]: 4Xy1b: to=<news@shop.example>, status=sent (ok)"));
  BOOST_TEST(found.empty());
  BOOST_TEST(log.without_origin() == 1u);
}

BOOST_AUTO_TEST_CASE(other_programs_and_refused_mail_tell_nothing) {
  BOOST_TEST(
      read("Nov 22 09:00:00 mx1 dovecot: imap(ann): 4Xy1a: to=<ann@x.example>, status=sent\n" +
           line(1, "smtpd[1]: NOQUEUE: reject: RCPT from x[192.0.2.1]: 550; to=<a@b>, status=x") +
           line(1, "smtpd[1]: connect from x[192.0.2.1]") +
           line(1,
                "cleanup[2]: 4Xy1a: milter-reject: END-OF-MESSAGE from x; from=<a@b> "
                "to=<c@d>"))
          .empty());
}

BOOST_AUTO_TEST_CASE(lines_that_are_none_are_told_apart) {
  SyslogTime time(kNow, std::nullopt);
  for (const char* text : {"", "hello", "time,auth,recipient", "1795341000 mx1 postfix/smtpd[1]: x",
                           "Nov 22 09:00:00", "Nov 22 09:00:00 mx1", "Nov 22 09:00:00mx1 x: y"})
    BOOST_TEST(!parse_postfix_line(text, time), text);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace optout

// Mail to an administrator: handed over behind the back of mail, never more than so many an hour.

#include "confirm/notifier.h"

#include "metrics/meters.h"
#include "scripted_smtp.h"
#include "support/http.h"
#include "support/process.h"
#include "support/smtp_sink.h"

#include <boost/test/unit_test.hpp>

#include <string>

namespace optout {
namespace {

using test::Listener;
using test::ScriptedSmtp;

TripNotice notice(const std::string& sender = "auth:crm") {
  return {.sender = sender,
          .note = {.kind = LimitKind::recipients,
                   .limit = "recipients/1h",
                   .trip = {.since = "2026-11-22T09:50:00Z",
                            .step = "hold",
                            .count = 501,
                            .limit = "500 per 1h"}},
          .relay = "mx1",
          .address = "admin@example.com"};
}

struct Desk {
  Meters meters;
  Notifier notifier{meters};

  double counted(const std::string& result) const {
    return test::metric_on(meters.text(), "optout_guard_notices_total{result=\"" + result + "\"}")
        .value_or(-1);
  }
  bool will_have_counted(const std::string& result, double number) const {
    return test::wait_until([&] { return counted(result) == number; });
  }
};

// A server that never says a word, until it goes away.
struct Silent {
  Listener listener = test::listen_on_loopback();
  SocketAddress address() const { return test::loopback_port(listener.port); }
  void go_away() { listener.fd.reset(); }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(mail_to_the_administrator)

// If it cannot be delivered, nobody is told, so that no bounce comes back to be counted.
BOOST_FIXTURE_TEST_CASE(it_has_the_null_sender_and_asks_for_no_report, Desk) {
  ScriptedSmtp server({"220 mx ESMTP\r\n", "250-mx\r\n250 DSN\r\n", "250 Ok\r\n", "250 Ok\r\n",
                       "354 Go on\r\n", "250 queued\r\n", "221 Bye\r\n"});
  notifier.notify(notice(), server.address());
  const std::string heard = server.heard();
  BOOST_TEST(heard.starts_with("EHLO example.com\r\nMAIL FROM:<>\r\n"
                               "RCPT TO:<admin@example.com> NOTIFY=NEVER\r\nDATA\r\nDate: "),
             heard);
  BOOST_TEST(
      (heard.find("\r\nSubject: [optout-milter mx1] auth:crm has passed recipients/1h\r\n") !=
       std::string::npos));
  BOOST_TEST(heard.ends_with("\r\n.\r\nQUIT\r\n"), heard);
  BOOST_TEST(will_have_counted("sent", 1));
  BOOST_TEST(counted("failed") == 0);
  BOOST_TEST(counted("dropped") == 0);
}

BOOST_FIXTURE_TEST_CASE(no_more_than_so_many_are_sent_in_an_hour, Desk) {
  const test::SmtpSink sink;
  constexpr std::size_t kMore = 5;
  for (std::size_t i = 0; i < Notifier::kMostAnHour + kMore; ++i)
    notifier.notify(notice("auth:" + std::to_string(i)), test::loopback_port(sink.port()));
  BOOST_TEST(counted("dropped") == kMore);
  BOOST_TEST(will_have_counted("sent", Notifier::kMostAnHour));
  const auto all = sink.deliveries();
  BOOST_TEST(all.size() == Notifier::kMostAnHour);
  // The first ones, in order: what began it says most.
  BOOST_TEST((all.front().data.find("auth:0 ") != std::string::npos));
  BOOST_TEST((all.back().data.find("auth:19 ") != std::string::npos));
}

BOOST_FIXTURE_TEST_CASE(where_there_is_no_server_it_fails_and_the_next_one_is_tried, Desk) {
  notifier.notify(notice(), test::unix_socket("/nonexistent/smtp"));
  ScriptedSmtp refusing({"554 5.7.1 not you\r\n", "221 Bye\r\n"});
  notifier.notify(notice(), refusing.address());
  BOOST_TEST(will_have_counted("failed", 2));
  const test::SmtpSink sink;
  notifier.notify(notice(), test::loopback_port(sink.port()));
  BOOST_TEST(will_have_counted("sent", 1));
  BOOST_TEST(sink.deliveries().size() == 1U);  // those that failed are not tried again
}

BOOST_FIXTURE_TEST_CASE(nobody_waits_for_a_server_that_is_silent, Desk) {
  Silent silent;
  notifier.notify(notice(), silent.address());
  notifier.notify(notice(), test::unix_socket("/nonexistent/smtp"));
  BOOST_TEST(test::wait_until([this] { return notifier.is_sending(); }));
  BOOST_TEST(counted("failed") == 0);  // nobody has given up yet, and we are here
  silent.go_away();
  BOOST_TEST(will_have_counted("failed", 2));
}

BOOST_FIXTURE_TEST_CASE(at_the_end_those_that_wait_are_dropped_and_counted, Desk) {
  Silent silent;
  notifier.notify(notice(), silent.address());
  BOOST_TEST(test::wait_until([this] { return notifier.is_sending(); }));
  notifier.notify(notice(), silent.address());
  notifier.notify(notice(), silent.address());
  notifier.send_no_more();
  BOOST_TEST(counted("dropped") == 2);
  BOOST_TEST(notifier.is_sending());
  notifier.notify(notice(), silent.address());
  BOOST_TEST(counted("dropped") == 3);
  silent.go_away();
  BOOST_TEST(will_have_counted("failed", 1));
  BOOST_TEST(test::wait_until([this] { return !notifier.is_sending(); }));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace optout

// The SMTP client against servers that keep to RFC 5321, and those that do not.

#include "confirm/smtp_submission.h"

#include "confirm/smtp_replies.h"
#include "scripted_smtp.h"
#include "support/smtp_sink.h"

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <string>
#include <vector>

namespace optout {
namespace {

using namespace std::chrono_literals;
using test::kHangUp;
using test::ScriptedSmtp;
using Script = std::vector<std::string>;

const Script kGood{"220 mx ESMTP\r\n", "250-mx\r\n250-DSN\r\n250 SIZE 100\r\n",
                   "250 2.1.0 Ok\r\n", "250 2.1.5 Ok\r\n",
                   "354 Go on\r\n",    "250 2.0.0 queued\r\n",
                   "221 Bye\r\n"};
const Submission kMessage{.helo = "optout.example",
                          .recipient = "bob@example.com",
                          .message = "Subject: x\r\n\r\nHi\r\n"};

// What submitting comes to: "ok", or "fault: detail" with the port left out.
std::string outcome(ScriptedSmtp& server, const Submission& submission = kMessage,
                    std::chrono::milliseconds patience = 30s) {
  const auto done = submit(server.address(), submission, redis::Clock::now() + patience);
  if (done) return "ok";
  std::string detail = done.error().detail;
  const std::string port = ":" + std::to_string(server.address().port);
  if (const auto at = detail.find(port); at != std::string::npos) detail.erase(at, port.size());
  return std::string(to_string(done.error().fault)) + ": " + detail;
}

// With another answer in the place of a good one, and nothing behind it.
std::string outcome(std::size_t step, const std::string& answer,
                    std::chrono::milliseconds patience = 30s) {
  Script script(kGood.begin(), kGood.begin() + static_cast<std::ptrdiff_t>(step));
  script.push_back(answer);
  if (answer != kHangUp) script.emplace_back("221 Bye\r\n");
  ScriptedSmtp server(script);
  return outcome(server, kMessage, patience);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(smtp_submission)

BOOST_AUTO_TEST_CASE(AR_09_the_whole_dialog) {
  ScriptedSmtp server(kGood);
  BOOST_TEST(outcome(server) == "ok");
  BOOST_TEST(server.heard() ==
             "EHLO optout.example\r\nMAIL FROM:<>\r\nRCPT TO:<bob@example.com> NOTIFY=NEVER\r\n"
             "DATA\r\nSubject: x\r\n\r\nHi\r\n.\r\nQUIT\r\n");
}

BOOST_AUTO_TEST_CASE(notify_is_said_only_to_who_knows_it) {
  Script script = kGood;
  script[1] = "250-mx\r\n250 DSNX\r\n";
  ScriptedSmtp server(script);
  BOOST_TEST(outcome(server) == "ok");
  BOOST_TEST((server.heard().find("RCPT TO:<bob@example.com>\r\n") != std::string::npos));
}

BOOST_AUTO_TEST_CASE(dots_that_begin_a_line_arrive) {
  const Submission dots{.helo = "optout.example",
                        .recipient = "bob@example.com",
                        .message = ".\r\n..a\r\nb.\r\n.\r\n"};
  test::SmtpSink sink;
  BOOST_REQUIRE(submit(test::loopback_port(sink.port()), dots, redis::Clock::now() + 30s));
  BOOST_TEST_REQUIRE(sink.deliveries().size() == 1U);
  BOOST_TEST(sink.deliveries()[0].data == dots.message);
}

BOOST_AUTO_TEST_CASE(an_address_that_is_not_ASCII_needs_SMTPUTF8) {
  Submission submission = kMessage;
  submission.recipient = "j\xc3\xb6rg@example.com";
  {
    ScriptedSmtp server({kGood[0], kGood[1], "221 Bye\r\n"});
    BOOST_TEST(outcome(server, submission) ==
               "refused: smtp 127.0.0.1: the address is not ASCII, and SMTPUTF8 is not offered");
    BOOST_TEST(server.heard() == "EHLO optout.example\r\nQUIT\r\n");
  }
  Script script = kGood;
  script[1] = "250-mx\r\n250-smtputf8\r\n250 DSN\r\n";
  ScriptedSmtp server(script);
  BOOST_TEST(outcome(server, submission) == "ok");
  BOOST_TEST((server.heard().find("MAIL FROM:<> SMTPUTF8\r\n") != std::string::npos));
}

BOOST_AUTO_TEST_CASE(a_refusal_at_any_step_is_said_and_ends_the_dialog_in_good_order) {
  const std::string bad = "550 5.7.1 not here\r\n";
  BOOST_TEST(outcome(0, bad) == "refused: smtp 127.0.0.1: greeting: 550 5.7.1 not here");
  BOOST_TEST(outcome(1, bad) == "refused: smtp 127.0.0.1: EHLO: 550 5.7.1 not here");
  BOOST_TEST(outcome(2, bad) == "refused: smtp 127.0.0.1: MAIL: 550 5.7.1 not here");
  BOOST_TEST(outcome(3, bad) == "refused: smtp 127.0.0.1: RCPT: 550 5.7.1 not here");
  BOOST_TEST(outcome(4, bad) == "refused: smtp 127.0.0.1: DATA: 550 5.7.1 not here");
  BOOST_TEST(outcome(4, "250 what?\r\n") == "refused: smtp 127.0.0.1: DATA: 250 what?");
  BOOST_TEST(outcome(5, "451-4.3.0 first\r\n451 second\r\n") ==
             "refused: smtp 127.0.0.1: message: 451 4.3.0 first");
  ScriptedSmtp server({kGood[0], kGood[1], kGood[2], bad, "221 Bye\r\n"});
  outcome(server);
  BOOST_TEST(server.heard().ends_with("NOTIFY=NEVER\r\nQUIT\r\n"));
}

BOOST_AUTO_TEST_CASE(once_the_message_is_taken_nothing_can_go_wrong) {
  ScriptedSmtp hangs_up(Script(kGood.begin(), kGood.end() - 1));
  BOOST_TEST(outcome(hangs_up, kMessage, 300ms) == "ok");  // silent after QUIT
  Script rude = kGood;
  rude.back() = "550 stay\r\n";
  ScriptedSmtp server(rude);
  BOOST_TEST(outcome(server) == "ok");
}

BOOST_AUTO_TEST_CASE(replies_that_are_none_are_garbled) {
  for (const char* answer :
       {"hello\r\n", "\r\n", "25\r\n", "2500 x\r\n", "150 x\r\n", "650 x\r\n", "2a0 x\r\n",
        "250 Ok\n", "250 a\nb\r\n", "250 a\rb\r\n", "250-a\r\n251 b\r\n", "250-a\r\nno\r\n"}) {
    for (const std::size_t step : {0U, 2U, 5U})
      BOOST_TEST(outcome(step, answer).starts_with("garbled: "), answer);
  }
}

BOOST_AUTO_TEST_CASE(AT_12_whoever_answers_before_being_asked_is_not_listened_to) {
  BOOST_TEST(outcome(0, "220 mx\r\n250 mx\r\n250 Ok\r\n250 Ok\r\n354 Go\r\n250 Ok\r\n") ==
             "garbled: smtp 127.0.0.1: EHLO: the server speaks out of turn");
}

BOOST_AUTO_TEST_CASE(a_reply_without_end_is_cut_off) {
  BOOST_TEST(outcome(1, "250-" + std::string(2 * SmtpReplies::kLongest, 'x'))
                 .ends_with("EHLO: the reply has no end"));
  std::string many;
  while (many.size() < 2 * SmtpReplies::kLongest)
    many += "250-and so on\r\n";
  BOOST_TEST(outcome(1, many).ends_with("EHLO: the reply has no end"));
  Script script = kGood;
  script[1] = "250-" + std::string(SmtpReplies::kLongest / 2, 'x') + "\r\n250 DSN\r\n";
  ScriptedSmtp server(script);  // long, but not too long
  BOOST_TEST(outcome(server) == "ok");
}

BOOST_AUTO_TEST_CASE(nobody_there_gone_or_silent) {
  const auto closed = [] {
    const test::Listener listener = test::listen_on_loopback();
    return listener.port;
  }();
  const auto refused = submit(test::loopback_port(closed), kMessage, redis::Clock::now() + 30s);
  BOOST_REQUIRE(!refused);
  BOOST_TEST((refused.error().fault == Fault::unreachable));
  const auto no_socket =
      submit(test::unix_socket("/nonexistent/smtp"), kMessage, redis::Clock::now() + 30s);
  BOOST_TEST((no_socket.error().fault == Fault::unreachable));
  BOOST_TEST(outcome(3, kHangUp).starts_with("closed: smtp 127.0.0.1: RCPT: read: "));
  ScriptedSmtp silent({"220-wait"});
  BOOST_TEST(outcome(silent, kMessage, 50ms) ==
             "timeout: smtp 127.0.0.1: greeting: read: timed out");
  ScriptedSmtp tired({kGood[0], kGood[1]});
  BOOST_TEST(outcome(tired, kMessage, 300ms) == "timeout: smtp 127.0.0.1: MAIL: read: timed out");
}

BOOST_AUTO_TEST_CASE(AT_10_AT_12_what_would_end_a_command_or_a_line_is_never_sent) {
  const SocketAddress nowhere = test::unix_socket("/nonexistent/smtp");
  const auto is_refused_here = [&](const Submission& submission) {
    const auto done = submit(nowhere, submission, redis::Clock::now() + 30s);
    return !done && done.error().fault == Fault::internal;
  };
  BOOST_TEST(!is_refused_here(kMessage));
  for (const std::string& rubbish :
       {std::string(), std::string("bob@example.com>\r\nRCPT TO:<eve@example.org"),
        std::string("a\nb"), std::string("a\rb"), std::string("a\0b", 3), std::string("a\tb")}) {
    BOOST_TEST(is_refused_here({"optout.example", rubbish, "x\r\n"}));
    BOOST_TEST(is_refused_here({rubbish, "bob@example.com", "x\r\n"}));
  }
  for (const std::string& rubbish :
       {std::string(), std::string("no end"), std::string("a\n.\r\nMAIL FROM:<x@y>\r\n"),
        std::string("a\r.\r\n"), std::string("a\r"), std::string("a\n"), std::string("\0\r\n", 3)})
    BOOST_TEST(is_refused_here({"optout.example", "bob@example.com", rubbish}));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace optout

// What the README of config/recipes warns of, and that it is true. If one of these fails, the
// README has become too gloomy.
//
// Ann has opted out of everything; bob has not.

#include "mta/mail.h"
#include "mta/needs.h"
#include "mta/placement.h"

#include <boost/test/unit_test.hpp>

namespace optout::test {

BOOST_AUTO_TEST_SUITE(what_cannot_work)

BOOST_AUTO_TEST_CASE(nobody_is_taken_off_where_the_listener_has_a_proxy_filter) {
  PostfixPlacement placement("socket",
                             {{"allow_percent_hack = no", "smtpd_proxy_filter = 127.0.0.1:10026"}});
  placement.configure("streams: [{ name: default, on_opted_out: strip }]");
  placement.opt_out({"ann@example.com"});
  const Outcome outcome = placement.send("smtp", {"ann@example.com", "bob@example.com"});
  BOOST_TEST(outcome.accepted());
  BOOST_TEST(outcome.delivered == "<ann@example.com> <bob@example.com>");

  // One message in each session, of which libmilter drops what came right before the end.
  const std::string question = "is smtpd_proxy_filter set there?";
  for (int i = 0; i < 60 && !placement.milter.log().has(question); ++i)
    placement.send("smtp", {"bob@example.com"});
  BOOST_TEST(placement.milter.log().will_have(question));
}

BOOST_AUTO_TEST_CASE(mail_goes_unchecked_where_postfix_is_told_to_accept) {
  PostfixPlacement placement(
      "socket", {{"milter_default_action = tempfail", "milter_default_action = accept"}});
  placement.opt_out({"ann@example.com"});
  placement.milter.kill();
  BOOST_TEST(placement.send("smtp", {"ann@example.com"}).delivered == "<ann@example.com>");
}

BOOST_AUTO_TEST_CASE(mail_waits_where_postfix_is_told_to_tempfail) {
  PostfixPlacement placement("socket");
  placement.milter.kill();
  BOOST_TEST(placement.send("smtp", {"bob@example.com"}).deferred());
}

BOOST_AUTO_TEST_CASE(mail_goes_unchecked_where_sendmail_is_not_told_f_t, *needs<Sendmail>()) {
  SendmailPlacement placement("sendmail", {{"F=T, ", ""}});
  placement.opt_out({"ann@example.com"});
  placement.milter.kill();
  BOOST_TEST(placement.send("Port=2525", {"ann@example.com"}).delivered == "<ann@example.com>");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace optout::test

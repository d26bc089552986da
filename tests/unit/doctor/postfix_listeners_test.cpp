// Who asks us, of a Postfix as postconf tells of it.

#include "doctor/postfix_checks.h"
#include "findings.h"
#include "postfix_of.h"

#include <boost/test/unit_test.hpp>

using namespace optout;
using namespace optout::doctor;
using namespace optout::test;

namespace {

Findings listeners(const std::string& main_cf, const std::string& overrides = {},
                   const std::string& master_cf = kMasterCf,
                   const Config& config = config_of_debian()) {
  Findings findings = check_listeners(postfix_of(main_cf, overrides, master_cf), config);
  BOOST_TEST(all_give_reasons(findings));
  return findings;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(postfix_listeners)

BOOST_AUTO_TEST_CASE(where_all_ask_all_is_well) {
  const Findings findings = listeners(kAsked);
  BOOST_TEST(state_of(findings, "smtpd_milters") == "ok");
  BOOST_TEST(state_of(findings, "non_smtpd_milters") == "ok");
  BOOST_TEST(say(findings, "asked by smtp and submission"));
}

BOOST_AUTO_TEST_CASE(where_nobody_asks_the_lines_to_add_are_told) {
  const Findings findings = listeners("");
  BOOST_TEST_REQUIRE(findings.size() == 1u);
  BOOST_TEST(findings[0].state == State::bad);
  BOOST_TEST(say(findings, "postconf -e 'smtpd_milters = unix:optout-milter/milter.sock'"));
  BOOST_TEST(say(findings, "postfix reload"));
}

BOOST_AUTO_TEST_CASE(a_listener_where_people_send_must_ask) {
  const Findings findings =
      listeners(kAsked, "submission/inet/smtpd_milters = inet:127.0.0.1:8891\n");
  BOOST_TEST(state_of(findings, "of submission") == "error");
  BOOST_TEST(say(findings,
                 "postconf -P 'submission/inet/"
                 "smtpd_milters=unix:optout-milter/milter.sock,inet:127.0.0.1:8891'"));
}

BOOST_AUTO_TEST_CASE(a_listener_for_the_world_need_not) {
  const Findings findings = listeners(kAsked, "smtp/inet/smtpd_milters =\n");
  BOOST_TEST(state_of(findings, "of smtp") == "warning");
}

BOOST_AUTO_TEST_CASE(mail_of_sendmail_1_that_is_not_asked_about_is_told) {
  const Findings findings = listeners("smtpd_milters = unix:optout-milter/milter.sock\n");
  BOOST_TEST(state_of(findings, "non_smtpd_milters") == "warning");
}

BOOST_AUTO_TEST_CASE(a_path_that_the_chroot_hides_is_told_with_the_one_that_works) {
  const std::string absolute =
      "smtpd_milters = unix:/var/spool/postfix/optout-milter/milter.sock, inet:127.0.0.1:8891\n";
  const Findings findings = listeners(absolute);
  BOOST_TEST(state_of(findings, "smtpd_milters of smtp") == "error");
  BOOST_TEST(say(findings, "'smtpd_milters = unix:optout-milter/milter.sock,inet:127.0.0.1:8891'"));
  const std::string not_chrooted = "smtp inet n - n - - smtpd\n";
  BOOST_TEST(state_of(listeners(absolute, {}, not_chrooted), "smtpd_milters") == "ok");
}

// Whoever types what is printed keeps what was set for one milter alone, and keeps every milter.
BOOST_AUTO_TEST_CASE(braces_of_other_milters_and_of_ours_are_kept) {
  const std::string other = "{ inet:localhost:8891, default_action=accept, connect_timeout=5s }";
  const Findings silent = listeners(
      "smtpd_milters = unix:optout-milter/milter.sock\nnon_smtpd_milters = " + other + "\n");
  BOOST_TEST(say(silent, "'non_smtpd_milters = unix:optout-milter/milter.sock," + other + "'"));
  const Findings hidden = listeners(
      "smtpd_milters = " + other +
      ", { unix:/var/spool/postfix/optout-milter/milter.sock, default_action=tempfail }\n");
  BOOST_TEST(
      say(hidden, "'smtpd_milters = { unix:optout-milter/milter.sock, default_action=tempfail }," +
                      other + "'"));
  Config config;  // below /run
  const Findings moved =
      listeners("smtpd_milters = " + other + ", unix:/run/optout-milter/milter.sock\n", {},
                kMasterCf, config);
  BOOST_TEST(say(moved, "'smtpd_milters = unix:optout-milter/milter.sock," + other + "'"));
}

BOOST_AUTO_TEST_CASE(a_socket_that_no_chroot_can_see_has_to_move) {
  Config config;  // below /run
  const Findings findings =
      listeners("smtpd_milters = unix:/run/optout-milter/milter.sock\n", {}, kMasterCf, config);
  BOOST_TEST(state_of(findings, "smtpd_milters") == "error");
  BOOST_TEST(say(findings, "listen: unix:/var/spool/postfix/optout-milter/milter.sock"));
  BOOST_TEST(say(findings, "install -d -o _optout-milter -g postfix -m 2750"));
}

BOOST_AUTO_TEST_CASE(a_dash_for_chroot_means_yes_only_to_an_old_postfix) {
  const std::string dash = "smtp inet n - - - - smtpd\n";
  const std::string name = "smtpd_milters = unix:/var/spool/postfix/optout-milter/milter.sock\n";
  BOOST_TEST(state_of(listeners(name, {}, dash), "smtpd_milters") == "ok");
  BOOST_TEST(state_of(listeners("compatibility_level = 0\n" + name, {}, dash), "smtpd_milters") ==
             "error");
}

BOOST_AUTO_TEST_CASE(a_proxy_filter_in_front_of_us_is_told) {
  const Findings findings =
      listeners(kAsked, "submission/inet/smtpd_proxy_filter = 127.0.0.1:10024\n");
  BOOST_TEST(state_of(findings, "smtpd_proxy_filter") == "error");
}

BOOST_AUTO_TEST_CASE(a_second_pass_that_asks_again_is_told) {
  const std::string master_cf = std::string(kMasterCf) + "127.0.0.1:10025 inet n - y - - smtpd\n";
  const std::string filter = std::string(kAsked) + "content_filter = scan:[127.0.0.1]:10024\n";
  const std::string back = "127.0.0.1:10025/inet/content_filter =\n";
  BOOST_TEST(state_of(listeners(filter, back, master_cf), "content_filter") == "warning");
  const Findings once =
      listeners(filter,
                back +
                    "127.0.0.1:10025/inet/smtpd_milters =\n"
                    "127.0.0.1:10025/inet/receive_override_options = no_milters\n",
                master_cf);
  BOOST_TEST(state_of(once, "content_filter") == "");
  BOOST_TEST(state_of(once, "receive_override_options") == "ok");
}

BOOST_AUTO_TEST_CASE(commands_name_the_configuration_that_was_looked_at) {
  Postfix postfix = postfix_of("");
  postfix.directory = "/etc/postfix-out";
  BOOST_TEST(say(check_listeners(postfix, config_of_debian()), "postconf -c /etc/postfix-out -e"));
}

BOOST_AUTO_TEST_SUITE_END()

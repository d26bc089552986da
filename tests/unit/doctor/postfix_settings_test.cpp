// How Postfix asks us, and what it does besides.

#include "doctor/postfix_checks.h"
#include "findings.h"
#include "postfix_of.h"

#include <boost/test/unit_test.hpp>

#include <string>

using namespace optout;
using namespace optout::doctor;
using namespace optout::test;

namespace {

std::string_view setting(const std::string& check, const std::string& line,
                         const std::string& overrides = {}) {
  const Findings findings =
      check_milter_settings(postfix_of(kAsked + line, overrides), config_of_debian());
  BOOST_TEST(all_give_reasons(findings));
  return state_of(findings, check);
}

Config adding() {
  Config config = config_of_debian();
  config.streams.front().list_unsubscribe = ListUnsubscribe::add;
  return config;
}

std::string_view order(const std::string& milters, const Config& config) {
  return state_of(check_order(postfix_of("smtpd_milters = " + milters + "\n"), config), "order");
}

}  // namespace

BOOST_AUTO_TEST_SUITE(postfix_settings)

BOOST_AUTO_TEST_CASE(what_happens_while_we_are_away) {
  const std::string check = "milter_default_action";
  BOOST_TEST(setting(check, "") == "ok");
  BOOST_TEST(setting(check, "milter_default_action = shutdown\n") == "ok");
  BOOST_TEST(setting(check, "milter_default_action = accept\n") == "error");
  BOOST_TEST(setting(check, "milter_default_action = reject\n") == "error");
  BOOST_TEST(setting(check, "milter_default_action = quarantine\n") == "warning");
}

BOOST_AUTO_TEST_CASE(what_happens_there_on_one_listener_alone) {
  BOOST_TEST(setting("milter_default_action", "",
                     "submission/inet/milter_default_action = accept\n") == "error");
}

BOOST_AUTO_TEST_CASE(braces_outrank_the_parameter_both_ways) {
  const std::string check = "milter_default_action";
  const std::string ours = "{ unix:optout-milter/milter.sock, default_action=";
  BOOST_TEST(setting(check, "smtpd_milters = " + ours + "accept }\n") == "error");
  BOOST_TEST(setting(check,
                     "milter_default_action = accept\nnon_smtpd_milters =\n"
                     "smtpd_milters = " +
                         ours + "tempfail }\n") == "ok");
}

BOOST_AUTO_TEST_CASE(another_milter_may_be_passed_over) {
  BOOST_TEST(setting("milter_default_action",
                     "smtpd_milters = unix:optout-milter/milter.sock, "
                     "{ inet:127.0.0.1:8891, default_action=accept }\n") == "ok");
}

BOOST_AUTO_TEST_CASE(the_fix_is_for_where_it_is_set) {
  const Findings findings = check_milter_settings(
      postfix_of(kAsked, "submission/inet/milter_default_action = accept\n"), config_of_debian());
  BOOST_TEST(say(findings, "postconf -P 'submission/inet/milter_default_action=tempfail'"));
}

BOOST_AUTO_TEST_CASE(old_protocols_do_not_tell_what_we_ask_for) {
  BOOST_TEST(setting("milter_protocol", "") == "ok");
  BOOST_TEST(setting("milter_protocol", "milter_protocol = 2\n") == "error");
}

BOOST_AUTO_TEST_CASE(timeouts_leave_us_time_and_senders_too) {
  for (const char* check :
       {"milter_connect_timeout", "milter_command_timeout", "milter_content_timeout"}) {
    BOOST_TEST(setting(check, "") == "ok", check);
    BOOST_TEST(setting(check, std::string(check) + " = 1s\n") == "warning", check);
    BOOST_TEST(setting(check, std::string(check) + " = 1h\n") == "warning", check);
    BOOST_TEST(setting(check, std::string(check) + " = soon\n") == "warning", check);
  }
}

BOOST_AUTO_TEST_CASE(who_signs_comes_behind_us_where_we_add_fields) {
  const std::string ours = "unix:optout-milter/milter.sock";
  BOOST_TEST(order(ours, adding()) == "ok");
  BOOST_TEST(order(ours + ", inet:127.0.0.1:8891", adding()) == "ok");
  BOOST_TEST(order("inet:127.0.0.1:8891, " + ours, adding()) == "error");
  BOOST_TEST(order("inet:127.0.0.1:8891, " + ours, config_of_debian()) == "warning");
}

BOOST_AUTO_TEST_CASE(another_order_keeps_what_stands_in_braces) {
  const std::string signer = "{ inet:localhost:8891, default_action=accept, connect_timeout=5s }";
  const Findings findings = check_order(
      postfix_of("smtpd_milters = " + signer + " unix:optout-milter/milter.sock\n"), adding());
  BOOST_TEST(
      say(findings, "postconf -e 'smtpd_milters = unix:optout-milter/milter.sock," + signer + "'"));
}

BOOST_AUTO_TEST_CASE(whether_an_unknown_milter_before_us_signs_cannot_be_told) {
  const std::string milters = "unix:spam/milter.sock, unix:optout-milter/milter.sock";
  BOOST_TEST(order(milters, adding()) == "warning");
  BOOST_TEST(order(milters, config_of_debian()) == "ok");
}

BOOST_AUTO_TEST_CASE(listeners_that_streams_ask_for_must_be_called_so) {
  Config config = config_of_debian();
  config.streams.front().when.listener = {"bulk*"};
  const auto named = [&](const std::string& overrides) {
    return state_of(check_listener_names(postfix_of(kAsked, overrides), config), "daemon_name");
  };
  BOOST_TEST(named("") == "error");
  BOOST_TEST(named("smtp/inet/milter_macro_daemon_name = Bulk-1\n") == "ok");
}

BOOST_AUTO_TEST_CASE(other_spellings_of_addresses_are_switched_off) {
  const auto spellings = [](const std::string& lines) {
    return state_of(check_addresses(postfix_of(kAsked + lines), config_of_debian()),
                    "other spellings");
  };
  BOOST_TEST(spellings("allow_percent_hack = no\nswap_bangpath = no\n") == "ok");
  BOOST_TEST(spellings("") == "warning");
  BOOST_TEST(spellings("allow_percent_hack = no\nswap_bangpath = yes\n") == "warning");
}

BOOST_AUTO_TEST_CASE(copies_and_aliases_are_not_seen) {
  const auto of = [](const std::string& check, const std::string& line) {
    return state_of(check_addresses(postfix_of(kAsked + line), config_of_debian()), check);
  };
  BOOST_TEST(of("copies", "") == "ok");
  for (const char* name : {"always_bcc", "sender_bcc_maps", "recipient_bcc_maps"})
    BOOST_TEST(of("copies", std::string(name) + " = hash:/etc/postfix/x\n") == "warning", name);
  BOOST_TEST(of("aliases", "") == "ok");
  BOOST_TEST(of("aliases", "virtual_alias_maps = hash:/etc/postfix/virtual\n") == "warning");
  const std::string local = "alias_maps = hash:/etc/aliases\n";  // local(8)'s
  BOOST_TEST(of("aliases", local) == "warning");
  BOOST_TEST(of("aliases", local + "mydestination =\n") == "ok");
}

BOOST_AUTO_TEST_CASE(AT_12_bare_newlines_let_a_message_hide_another) {
  const std::string check = "smtpd_forbid_bare_newline";
  const auto with = [&](const std::string& lines, const std::string& overrides = {}) {
    Findings findings =
        check_bare_newlines(postfix_of(kAsked + lines, overrides), config_of_debian());
    BOOST_TEST(all_give_reasons(findings));
    return findings;
  };
  BOOST_TEST(with("").empty());  // a Postfix that does not know it
  BOOST_TEST(state_of(with(check + " = no\n"), check) == "warning");
  BOOST_TEST(say(with(check + " = no\n"), "postconf -e 'smtpd_forbid_bare_newline = yes'"));
  for (const char* value : {"yes", "normalize", "reject"})
    BOOST_TEST(state_of(with(check + " = " + value + "\n"), check) == "ok", value);
  const Findings one = with(check + " = yes\n", "submission/inet/" + check + " = no\n");
  BOOST_TEST(say(one, "off on submission"));
  BOOST_TEST(say(one, "postconf -P 'submission/inet/smtpd_forbid_bare_newline=yes'"));
  // Where nobody asks us it is not ours to say.
  BOOST_TEST(check_bare_newlines(postfix_of(check + " = no\n"), config_of_debian()).empty());
}

BOOST_AUTO_TEST_CASE(bulk_senders_are_cut_off_where_recipients_are_refused_one_by_one) {
  const auto limit = [](const std::string& line, OnOptedOut what) {
    Config config = config_of_debian();
    config.streams.front().on_opted_out = what;
    return state_of(check_error_limits(postfix_of(kAsked + line), config), "hard_error_limit");
  };
  BOOST_TEST(limit("", OnOptedOut::reject) == "warning");
  BOOST_TEST(limit("", OnOptedOut::strip) == "ok");
  BOOST_TEST(limit("smtpd_hard_error_limit = 1000\n", OnOptedOut::reject) == "ok");
}

BOOST_AUTO_TEST_SUITE_END()

// Whether OpenDKIM signs what makes one-click work.

#include "doctor/opendkim.h"

#include "findings.h"

#include <boost/test/unit_test.hpp>

using namespace optout;
using namespace optout::doctor;
using namespace optout::test;

namespace {

Findings look(const std::string& text, bool one_click = true) {
  Config config;
  config.streams.front().list_unsubscribe = ListUnsubscribe::add;
  config.unsubscribe.link = "https://optout.example.com/u/";
  config.unsubscribe.one_click = one_click;
  return check_opendkim(parse_opendkim(text), config, "/etc/opendkim.conf");
}

std::string_view signing(const std::string& text, bool one_click = true) {
  return state_of(look(text, one_click), "SignHeaders");
}

}  // namespace

BOOST_AUTO_TEST_SUITE(opendkim)

BOOST_AUTO_TEST_CASE(as_it_comes_it_does_not_sign_list_unsubscribe_post) {
  BOOST_TEST(signing("") == "error");
  BOOST_TEST(say(look(""), "SignHeaders *,+List-Unsubscribe,+List-Unsubscribe-Post"));
  BOOST_TEST(signing("", false) == "ok");
}

BOOST_AUTO_TEST_CASE(lists_of_fields_are_read_as_opendkim_reads_them) {
  BOOST_TEST(signing("SignHeaders *,+List-Unsubscribe-Post\n") == "ok");
  BOOST_TEST(signing("signheaders\t*,+list-unsubscribe-post # both\n") == "ok");
  BOOST_TEST(signing("SignHeaders From,To,List-Unsubscribe,List-Unsubscribe-Post\n") == "ok");
  BOOST_TEST(signing("SignHeaders From,To,List-Unsubscribe-Post\n") == "error");
  BOOST_TEST(signing("SignHeaders *,-List-Unsubscribe,+List-Unsubscribe-Post\n") == "error");
  BOOST_TEST(signing("#SignHeaders *,+List-Unsubscribe-Post\n") == "error");
}

BOOST_AUTO_TEST_CASE(over_signing_keeps_others_from_adding_a_second_field) {
  const auto over = [](const std::string& text) { return state_of(look(text), "OversignHeaders"); };
  BOOST_TEST(over("OversignHeaders From\n") == "warning");
  BOOST_TEST(over("OversignHeaders From,List-Unsubscribe,List-Unsubscribe-Post\n") == "ok");
}

BOOST_AUTO_TEST_CASE(one_that_only_verifies_is_told) {
  BOOST_TEST(state_of(look("Mode v\n"), "Mode") == "warning");
}

BOOST_AUTO_TEST_CASE(where_nothing_is_added_it_does_not_matter) {
  BOOST_TEST(check_opendkim({}, Config{}, "x").empty());
}

BOOST_AUTO_TEST_SUITE_END()

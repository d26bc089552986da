// Whether mail to u+…@optout.example.com gets in and to us, in every class of domains.

#include "doctor/postfix_checks.h"
#include "findings.h"
#include "postfix_of.h"

#include <boost/test/unit_test.hpp>

#include <map>

using namespace optout;
using namespace optout::doctor;
using namespace optout::test;

namespace {

// "table key" -> value
using Tables = std::map<std::string, std::string>;

Findings look(const std::string& main_cf, const Tables& tables = {},
              const std::string& overrides = {}) {
  Config config = config_of_debian();
  config.unsubscribe.domain = "optout.example.com";
  const MapLookup lookup = [&](const std::string& table,
                               const std::string& key) -> std::optional<std::string> {
    const auto found = tables.find(table + " " + key);
    if (found == tables.end()) return std::nullopt;
    return found->second;
  };
  return check_unsubscribe_domain(postfix_of(kAsked + main_cf, overrides), config, lookup);
}

std::string_view taken(const std::string& main_cf, const Tables& tables = {}) {
  return state_of(look(main_cf, tables), "unsubscribe.domain");
}

}  // namespace

BOOST_AUTO_TEST_SUITE(postfix_unsubscribe)

BOOST_AUTO_TEST_CASE(without_unsubscribe_addresses_nothing_is_said) {
  const MapLookup nothing = [](const auto&, const auto&) { return std::nullopt; };
  BOOST_TEST(check_unsubscribe_domain(postfix_of(kAsked), config_of_debian(), nothing).empty());
}

BOOST_AUTO_TEST_CASE(a_domain_that_postfix_knows_nothing_of_is_refused) {
  BOOST_TEST(taken("") == "error");
  BOOST_TEST(say(look(""), "virtual_alias_domains = $virtual_alias_maps, optout.example.com"));
}

BOOST_AUTO_TEST_CASE(a_virtual_alias_domain_needs_an_alias_for_all_of_it) {
  const std::string main_cf =
      "virtual_alias_domains = optout.example.com\nvirtual_alias_maps = hash:v\n";
  BOOST_TEST(taken(main_cf) == "error");
  BOOST_TEST(taken(main_cf, {{"hash:v @optout.example.com", "unsubscribe@example.com"}}) == "ok");
}

BOOST_AUTO_TEST_CASE(domains_may_stand_in_tables) {
  BOOST_TEST(taken("virtual_alias_domains = hash:v\nvirtual_alias_maps = hash:v\n",
                   {{"hash:v optout.example.com", "x"},
                    {"hash:v @optout.example.com", "unsubscribe@example.com"}}) == "ok");
}

BOOST_AUTO_TEST_CASE(a_local_domain_needs_a_user_u_and_the_delimiter) {
  const std::string main_cf =
      "mydestination = optout.example.com\nlocal_recipient_maps = hash:users\n";
  const Tables user{{"hash:users u", "x"}};
  BOOST_TEST(taken(main_cf, user) == "error");
  BOOST_TEST(taken(main_cf + "recipient_delimiter = +\n", user) == "ok");
  BOOST_TEST(taken("mydestination = optout.example.com\n") == "ok");  // takes everybody
}

BOOST_AUTO_TEST_CASE(a_relay_domain_without_a_list_of_recipients_takes_all) {
  BOOST_TEST(taken("relay_domains = optout.example.com\n") == "ok");
  BOOST_TEST(taken("relay_domains = .example.com\n") == "ok");
  BOOST_TEST(taken("relay_domains = optout.example.com\nrelay_recipient_maps = hash:r\n") ==
             "error");
}

BOOST_AUTO_TEST_CASE(nobody_who_unsubscribes_logs_in) {
  const std::string check = "requests to unsubscribe";
  BOOST_TEST(state_of(look(""), check) == "ok");
  BOOST_TEST(state_of(look("", {}, "smtp/inet/smtpd_milters =\n"), check) == "error");
}

BOOST_AUTO_TEST_SUITE_END()

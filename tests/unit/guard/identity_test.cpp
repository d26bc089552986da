// Who sends: one row for each way to tell.

#include "guard/identity.h"

#include <boost/test/unit_test.hpp>

#include <vector>

namespace optout {
namespace {

using enum IdentityKind;
const std::vector<IdentityKind> kAll{auth, client, sender};

}  // namespace

BOOST_AUTO_TEST_SUITE(identity)

BOOST_AUTO_TEST_CASE(the_first_that_is_known_counts) {
  const Sending everything{.auth = "crm", .client = "192.0.2.7", .sender = "<a@shop.example>"};
  BOOST_TEST(identity_of(everything, kAll) == "auth:crm");
  BOOST_TEST(identity_of({.client = "192.0.2.7", .sender = "<a@shop.example>"}, kAll) ==
             "client:192.0.2.7");
  BOOST_TEST(identity_of({.sender = "<a@Shop.Example>"}, kAll) == "sender:shop.example");
  const std::vector<IdentityKind> by_domain{sender};
  BOOST_TEST(identity_of(everything, by_domain) == "sender:shop.example");
}

BOOST_AUTO_TEST_CASE(one_host_has_one_identity_however_many_addresses_of_ipv6) {
  BOOST_TEST(identity_of({.client = "2001:db8:1:2::7"}, kAll) ==
             identity_of({.client = "2001:db8:1:2:3:4:5:6"}, kAll));
  BOOST_TEST(identity_of({.client = "IPv6:2001:db8:1:2::7"}, kAll) == "client:2001:db8:1:2::/64");
  BOOST_TEST(identity_of({.client = "2001:db8:1:3::7"}, kAll) !=
             identity_of({.client = "2001:db8:1:2::7"}, kAll));
  BOOST_TEST(identity_of({.client = "::ffff:192.0.2.7"}, kAll) == "client:192.0.2.7");
}

BOOST_AUTO_TEST_CASE(this_host_is_nobody_in_particular) {
  BOOST_TEST(identity_of({.client = "127.0.0.1", .sender = "<a@shop.example>"}, kAll) ==
             "sender:shop.example");
  BOOST_TEST(identity_of({.client = "::1", .sender = "<>"}, kAll) == "client:::1");
}

BOOST_AUTO_TEST_CASE(names_that_differ_are_written_differently_and_read_as_they_are_written) {
  BOOST_TEST(identity_of({.auth = "a%20b"}, kAll) == "auth:a%2520b");
  BOOST_TEST(identity_of({.auth = "a b"}, kAll) == "auth:a%20b");
  const auto read = [](std::string_view typed) {
    std::string name;
    while (!typed.empty())
      append_typed(name, typed);
    return name;
  };
  BOOST_TEST(read("a%2520b") == "a%2520b");
  BOOST_TEST(read("A b") == "a%20b");
  BOOST_TEST(read("100%") == "100%25");
  BOOST_TEST(read("%C3%Bc%g0%2") == "%c3%bc%25g0%252");
}

BOOST_AUTO_TEST_CASE(rubbish_stays_one_bounded_line) {
  BOOST_TEST(identity_of({}, kAll) == "unknown");
  BOOST_TEST(identity_of({.client = "unix", .sender = "<>"}, kAll) == "unknown");
  BOOST_TEST(identity_of({.auth = "Anna Smith\n/x"}, kAll) == "auth:anna%20smith%0a%2fx");
  BOOST_TEST(identity_of({.auth = "f\xc3\xbcr"}, kAll) == "auth:f%c3%bcr");
  BOOST_TEST(identity_of({.auth = "f\xc3\xa4r"}, kAll) == "auth:f%c3%a4r");
  const std::string long_name(5'000, 'a');
  BOOST_TEST(identity_of({.auth = long_name}, kAll).size() <= 210U);
  const std::string foreign(5'000, '\xc3');
  BOOST_TEST(identity_of({.auth = foreign}, kAll).size() + 1 + 64 <= kLongestSender);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace optout

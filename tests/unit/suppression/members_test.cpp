// Which members of a set stand for a recipient.

#include "suppression/members.h"

#include "suppression/digest.h"

#include <boost/test/unit_test.hpp>
#include <fmt/format.h>

#include <algorithm>

namespace optout {
namespace {

std::vector<std::string> members(std::string_view path, std::string_view rcpt_addr = "",
                                 const MemberOptions& options = {}) {
  return spellings(lookup_key(path), rcpt_addr, options).members;
}

using Members = std::vector<std::string>;

}  // namespace

BOOST_AUTO_TEST_SUITE(members_of_sets)

BOOST_AUTO_TEST_CASE(an_address_stands_for_itself_and_its_domain) {
  BOOST_TEST(members("<Ann@Example.COM>") == (Members{"ann@example.com", "@example.com"}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(AD_10_what_the_mta_made_of_the_address_is_asked_for_too) {
  const Members expected{"ann%example.com@relay.example", "ann@example.com", "@relay.example",
                         "@example.com"};
  BOOST_TEST(members("<ann%example.com@relay.example>", "ann@example.com") == expected,
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(the_same_address_in_other_letters_is_not_asked_for_twice) {
  BOOST_TEST(members("<Ann@Example.com>", "Ann@EXAMPLE.com").size() == 2u);
}

BOOST_AUTO_TEST_CASE(AD_15_an_address_that_cannot_be_normalised_is_looked_up_all_the_same) {
  const Members found = members("<a@b@Example.com>");
  BOOST_REQUIRE(!found.empty());
  BOOST_TEST(found.front() == "a@b@example.com");
  BOOST_TEST(found.back() == "@example.com");
  const std::string too_long(65, 'x');
  BOOST_TEST(members(fmt::format("<{}@Example.com.>", too_long)).back() == "@example.com");
}

BOOST_AUTO_TEST_CASE(AD_15_the_local_part_is_normalised_where_the_domain_cannot_be) {
  const Members expected{"ann@xn--a.example", "@xn--a.example"};
  BOOST_TEST(members("<\"Ann\"@XN--A.example.>") == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(AD_12_a_domain_newer_than_our_unicode_is_asked_for_in_a_labels_too) {
  for (const char* path : {"<O@\U0001FAE9.ws>", "<\"o\"@\U0001FAE9.WS.>", "<o@XN--B39H.ws>"}) {
    const Members found = members(path);
    for (const char* member : {"o@xn--b39h.ws", "@xn--b39h.ws"})
      BOOST_TEST((std::find(found.begin(), found.end(), member) != found.end()), path);
  }
}

BOOST_AUTO_TEST_CASE(AD_10_without_the_macro_comments_and_spaces_are_left_out_by_us) {
  for (const char* path :
       {"<(c)Ann@example.com>", "<ann(c)@example.com>", "<ann @example.com>", "<ann@ example.com>",
        "<\"ann\" @example.com>", "<ann@example.com (c)>"}) {
    const Members found = members(path);
    BOOST_TEST(found.front() == lookup_key(path).key, path);
    BOOST_TEST((std::find(found.begin(), found.end(), "ann@example.com") != found.end()), path);
    BOOST_TEST(found.back() == "@example.com", path);
  }
  BOOST_TEST(members("<ann smith@example.com>").size() == 2u);  // anybody's guess
}

// What was recorded under one version of Unicode is found under the other, and a neighbour is not.
BOOST_AUTO_TEST_CASE(AD_17_LG_13_the_capital_sharp_s_of_a_domain_is_asked_for_in_both_readings) {
  for (const char* domain : {"\u1E9E.Example", "\u1E9E.example."}) {
    const std::string address = fmt::format("Ann@{}", domain);
    const Members found = members(fmt::format("<{}>", address), address);
    for (const char* member :
         {"ann@ss.example", "ann@xn--zca.example", "@ss.example", "@xn--zca.example"}) {
      BOOST_TEST((std::find(found.begin(), found.end(), member) != found.end()), member);
    }
  }
  BOOST_TEST(members("<ann@\u00DF.example>", "ann@\u00DF.example").size() == 2u);
  BOOST_TEST(members("<ann@ss.example>", "Ann@ss.example").size() == 2u);
  BOOST_TEST(members("<\u1E9E@example.com>", "\u1E9E@example.com").size() == 2u);
}

BOOST_AUTO_TEST_CASE(an_address_without_domain_has_none_to_ask_for) {
  BOOST_TEST(members("<user>") == Members{"user"}, boost::test_tools::per_element());
  const Members completed{"user", "user@our.example", "@our.example"};
  BOOST_TEST(members("<user>", "user@our.example") == completed, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(nobody_is_asked_about_for_the_null_sender_and_the_bare_postmaster) {
  BOOST_TEST(members("<>").empty());
  BOOST_TEST(members("<Postmaster>").empty());
  BOOST_TEST(members("<@example.com>").empty());
}

BOOST_AUTO_TEST_CASE(AD_09_plus_tags_are_part_of_the_address_unless_asked_otherwise) {
  BOOST_TEST(members("<ann+news@example.com>") == (Members{"ann+news@example.com", "@example.com"}),
             boost::test_tools::per_element());
  MemberOptions options;
  options.plus_tags = MemberOptions::PlusTags::also_base;
  const Members expected{"ann+news@example.com", "ann@example.com", "@example.com"};
  BOOST_TEST(members("<ann+news@example.com>", "", options) == expected,
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(LG_13_with_digest_keys_the_digests_of_address_and_domain_are_asked_for_too) {
  MemberOptions options;
  options.digest_keys = {{1, std::string(32, 'a')}, {2, std::string(32, 'b')}};
  const Members found = members("<ann@example.com>", "", options);
  BOOST_REQUIRE(found.size() == 6u);
  BOOST_TEST(found[2] == digest_member(1, std::string(32, 'a'), "ann@example.com"));
  BOOST_TEST(found[3] == digest_member(1, std::string(32, 'a'), "@example.com"));
  BOOST_TEST(found[4].starts_with("#2:"));
}

BOOST_AUTO_TEST_CASE(LG_12_a_digest_is_keyed_and_names_nobody) {
  const std::string one = digest_member(1, std::string(32, 'a'), "ann@example.com");
  BOOST_TEST(one.starts_with("#1:"));
  BOOST_TEST(one.size() == 3u + 32u);
  BOOST_TEST(one.find("ann") == std::string::npos);
  BOOST_TEST(one != digest_member(1, std::string(32, 'b'), "ann@example.com"));
  // HMAC-SHA-256 by another program: printf ann@example.com | openssl dgst -sha256 -mac HMAC
  // -macopt hexkey:6161…
  BOOST_TEST(one == "#1:d1619806b99c3755037adce5f41a80dd");
}

BOOST_AUTO_TEST_CASE(what_is_written_is_the_key_or_the_newest_digest) {
  MemberOptions options;
  BOOST_TEST(member_to_write("ann@example.com", options) == "ann@example.com");
  options.digest_keys = {{1, std::string(32, 'a')}, {12, std::string(32, 'b')}};
  BOOST_TEST(member_to_write("ann@example.com", options) == "ann@example.com");
  options.store = MemberOptions::Store::digest;
  BOOST_TEST(member_to_write("ann@example.com", options) ==
             digest_member(12, std::string(32, 'b'), "ann@example.com"));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace optout

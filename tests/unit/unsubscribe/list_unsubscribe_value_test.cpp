// What is written into List-Unsubscribe, and what is refused.

#include "unsubscribe/list_unsubscribe_value.h"

#include "unsubscribe/list_unsubscribe.h"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <string>
#include <vector>

namespace optout {
namespace {

const std::string kLink = "https://optout.example.com/u/me5q0d";
const std::string kMailto = "mailto:u+me5q0d@optout.example.com?subject=unsubscribe%20me5q0d";

std::string written(const std::vector<std::string>& uris) {
  ListUnsubscribeValue value;
  for (const std::string& uri : uris) {
    const std::string before = value.text();
    if (!value.add(uri)) return value.text() == before ? "refused" : "refused, and written";
  }
  return value.text();
}

const std::string kUnsafe[] = {
    "",
    "unsubscribe",
    "http://optout.example.com/u/",
    "HTTPS://optout.example.com/u/",
    "javascript:alert",
    "https:",
    "https://optout.example.com/u/\r\nBcc: everybody@example.com",
    "https://optout.example.com/u/\n\tx",
    "https://optout.example.com/u/>,<https://evil.example/",
    "https://optout.example.com/a b",
    "https://optout.example.com/a,b",
    "https://optout.example.com/(a)",
    "https://optout.example.com/\"a\"",
    "https://optout.example.com/\x7f",
    std::string("https://optout.example.com/\0", 28),
    "https://optout.example.com/\u00FC",
    "https://optout.example.com/%",
    "https://optout.example.com/%4",
    "https://optout.example.com/%zz",
};

// Harmless in the field, but of no use to anybody.
const std::string kUnfit[] = {
    "https://",
    "https:///u/",
    "https://?u",
    "mailto:",
    "mailto:nobody",
    "mailto:?subject=x",
    "mailto:a@example.com?subject=x%0d%0aBcc:%20b@example.com",  // ML-05
};

}  // namespace

BOOST_AUTO_TEST_SUITE(list_unsubscribe_values)

BOOST_AUTO_TEST_CASE(LH_11_items_are_folded_as_libmilter_wants_it) {
  BOOST_TEST(written({kLink, kMailto}) == "<" + kLink + ">,\n\t<" + kMailto + ">");
  BOOST_TEST(written({kLink}) == "<" + kLink + ">");
  BOOST_TEST(written({kMailto}) == "<" + kMailto + ">");
}

BOOST_DATA_TEST_CASE(LH_09_what_leads_nowhere_is_unfit, boost::unit_test::data::make(kUnfit)) {
  BOOST_TEST(unfit_for_list_unsubscribe(sample) != "");
}

BOOST_DATA_TEST_CASE(LH_09_AT_10_what_must_not_stand_there_is_refused_and_why_is_said,
                     boost::unit_test::data::make(kUnsafe)) {
  BOOST_TEST(unfit_for_list_unsubscribe(sample) != "");
  BOOST_TEST(unsafe_in_list_unsubscribe(sample) != "");
  BOOST_TEST(written({sample}) == "refused");
  BOOST_TEST(written({kLink, sample}) == "refused");
}

BOOST_AUTO_TEST_CASE(nothing_is_written_where_there_is_nothing_to_write) {
  BOOST_TEST(ListUnsubscribeValue().text() == "");
}

BOOST_AUTO_TEST_CASE(LH_10_no_line_is_longer_than_998_octets_and_no_uri_is_cut) {
  std::string longest = kLink;
  longest.resize(kLongestListUri, 'a');
  const std::string value = written({longest, longest});
  std::size_t line = std::string(kListUnsubscribeName).size() + 2;
  std::size_t longest_line = 0;
  for (const char c : value) {
    line = c == '\n' ? 0 : line + 1;
    longest_line = std::max(longest_line, line);
  }
  BOOST_TEST(longest_line == 998u);
  BOOST_TEST(written({longest + "a"}) == "refused");
  BOOST_TEST(written({kLink + std::string(1200, 'a')}) == "refused");
  BOOST_TEST(unfit_for_list_unsubscribe(longest + "a") == "is too long for a line");
}

// LH-07
BOOST_AUTO_TEST_CASE(LH_07_a_long_uri_is_in_one_piece) {
  const std::string uri = kLink + std::string(900, 'a');
  BOOST_TEST(written({uri}).find_first_of(" \t\r\n") == std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace optout

// List-Id as RFC 2919 says, and as the world writes it.

#include "policy/list_id.h"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <string>

namespace optout {
namespace {

struct Case {
  const char* value;
  const char* id;  // "" for none
};

std::ostream& operator<<(std::ostream& out, const Case& c) {
  return out << c.value;
}

const Case kCases[] = {
    {"<news.example.com>", "news.example.com"},
    {"News <news.example.com>", "news.example.com"},
    {"\"News (EU)\" <news.example.com>", "news.example.com"},  // LI-01
    {"\"a <fake.example.com> b\" <news.example.com>",
     "news.example.com"},  // a quoted phrase hides brackets
    {"(<fake.example.com>) <news.example.com>", "news.example.com"},  // so does a comment
    {"(a (b \\) <c.d>)) <news.example.com>", "news.example.com"},     // nested, with a quoted pair
    {"<NEWS.Example.COM>", "news.example.com"},                       // LI-03
    {"<news . example\n\t.com>", "news.example.com"},  // LI-01, LI-03: white space on read
    {"=?utf-8?q?=0aX?= <a.b>", "a.b"},                 // LI-06: the phrase is never decoded
    {"=?utf-8?q?=0aX_<b.c>?= <a.b>", "a.b"},           // LI-06: nor searched
    {"=?utf-8?q?Smile_:(_\"?= =?u?b?PGI+?= <a.b>", "a.b"},
    {"=?utf-8?q?N <a.b>", "a.b"},  // no encoded word, as it does not end
    {"=?<a.b>", "a.b"},
    {"=?utf-8?q?N_<b.c>?=", ""},
    {"=?utf-8?q?News?= a.b", ""},
    {"Smile :( <news.example.com>", "news.example.com"},  // what never ends is no comment
    {"5\" pizza <pizza.example.com>", "pizza.example.com"},
    {"Smile :( <eu.news.example.com> :)",
     "eu.news.example.com"},  // what hides the only ones is none
    {"5\" <eu.news.example.com> 6\"", "eu.news.example.com"},
    {"News (<eu.news.example.com>)", "eu.news.example.com"},
    {"( <a.b> ) ( <c.d> )", "c.d"},
    {":( <eu.news.example.com> :) <x.y>", "x.y"},
    {"news.example.com", "news.example.com"},  // brackets forgotten
    {"eu.news.example.com (News)", "eu.news.example.com"},
    {"(News) eu.news.example.com", "eu.news.example.com"},
    {"eu.news.example.com (was <news.example.com>)", "eu.news.example.com"},
    {"eu.news.example.com \"News\"", ""},
    {"  news.example.com\t", "news.example.com"},
    {"Our News", ""},
    {"", ""},
    {"<>", ""},
    {"<news.example.com", ""},
    {"<a.b> <c.d>", ""},
    {"<news example@com>", ""},
    {"<new\x01s.example.com>", ""},
};

}  // namespace

BOOST_AUTO_TEST_SUITE(list_ids)

BOOST_DATA_TEST_CASE(the_identifier_is_what_stands_between_the_brackets,
                     boost::unit_test::data::make(kCases)) {
  BOOST_TEST(list_id(sample.value).value_or("") == sample.id);
}

BOOST_AUTO_TEST_CASE(LI_01_an_identifier_has_at_most_255_octets) {
  BOOST_TEST(list_id("<" + std::string(255, 'a') + ">").has_value());
  BOOST_TEST(!list_id("<" + std::string(256, 'a') + ">").has_value());
}

BOOST_AUTO_TEST_CASE(AT_18_deep_comments_and_endless_quotes_are_passed_over_in_one_go) {
  BOOST_TEST(!list_id(std::string(1'000'000, '(')).has_value());
  BOOST_TEST(!list_id(std::string(1'000'000, '"')).has_value());
  BOOST_TEST(!list_id(std::string(1'000'000, '<')).has_value());
  BOOST_TEST(!list_id(std::string(1'000'000, '\\')).has_value());
  std::string words;
  for (int i = 0; i < 300'000; ++i)
    words += "=?a";
  BOOST_TEST(!list_id(words).has_value());
  BOOST_TEST(
      list_id(std::string(100'000, '(') + std::string(100'000, ')') + "<a.b>").value_or("") ==
      "a.b");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace optout

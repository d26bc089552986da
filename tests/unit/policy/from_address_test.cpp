// The author's address, out of From fields as they are seen in the world.

#include "policy/from_address.h"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <string>

namespace optout {
namespace {

struct Case {
  const char* value;
  const char* address;  // "" for none
};

std::ostream& operator<<(std::ostream& out, const Case& c) {
  return out << c.value;
}

const Case kCases[] = {
    {"news@shop.example", "news@shop.example"},
    {"News <News@Shop.Example>", "news@shop.example"},
    {"\"News, daily\" <news@shop.example>", "news@shop.example"},
    {"\"<fake@bank.example>\" <news@shop.example>", "news@shop.example"},
    {"fake@bank.example <news@shop.example>", "news@shop.example"},
    {"(<fake@bank.example>) news@shop.example", "news@shop.example"},
    {"news@shop.example (News)", "news@shop.example"},
    {"News\n\t<news@shop.example>", "news@shop.example"},
    {"=?utf-8?q?fake=40bank.example?= <news@shop.example>", "news@shop.example"},
    {"<\"a>b\"@shop.example>", "\"a>b\"@shop.example"},
    {"<news@b\xc3\xbc"
     "cher.example>",
     "news@xn--bcher-kva.example"},
    // AD-23: comments and folds within the brackets, where no word is parted.
    {"News <news(x)@shop.example>", "news@shop.example"},
    {"News <news@shop.example(>)>", "news@shop.example"},
    {"News <news\r\n\t@shop.example\n >", "news@shop.example"},
    {"news @ shop . example (News)", "news@shop.example"},
    {"News <news (x", ""},
    {"News <daily news@shop.example>", ""},
    {"News <ne(x)ws@shop.example>", ""},
    // Several mailboxes, groups, and what is no address: nobody can say whose mail it is (AT-19).
    {"<a@shop.example>, <b@shop.example>", ""},
    {"a@shop.example, b@shop.example", ""},
    {"<a@shop.example> <b@shop.example>", ""},
    {"<a@shop.example> b@shop.example", ""},
    {"team: a@shop.example;", ""},
    {"undisclosed-recipients:;", ""},
    {"", ""},
    {"<>", ""},
    {"News", ""},
    {"news@", ""},
    {"<news@shop.example", ""},
    {"news@shop.example>", ""},
    {"\"News <news@shop.example>", ""},
    {"(News <news@shop.example>", ""},
};

}  // namespace

BOOST_AUTO_TEST_SUITE(from_addresses)

BOOST_DATA_TEST_CASE(one_mailbox_or_none, boost::unit_test::data::make(kCases)) {
  BOOST_TEST(from_address(sample.value).value_or("") == sample.address);
}

BOOST_AUTO_TEST_CASE(AT_18_whatever_stands_there_is_read_in_one_go) {
  for (const char c : {'(', '"', '<', '\\', ',', 'a', '@', ' '})
    BOOST_TEST(!from_address(std::string(1'000'000, c)).has_value());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace optout

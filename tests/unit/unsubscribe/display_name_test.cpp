// The name of a list, as it is shown.

#include "unsubscribe/display_name.h"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <string>

namespace optout {
namespace {

struct Case {
  const char* value;
  const char* name;
};

std::ostream& operator<<(std::ostream& out, const Case& c) {
  return out << c.value;
}

const Case kCases[] = {
    {"Our News <news.example.com>", "Our News"},
    {"<news.example.com>", ""},
    {"news.example.com", ""},
    {"", ""},
    {"\"News (EU)\" <news.example.com>", "News (EU)"},
    {"\"say \\\"hi\\\" <a.b>\" <news.example.com>", "say \"hi\" <a.b>"},
    {"News (a comment (nested)) today <news.example.com>", "News today"},
    {"  a \n\t b\tc  <a.b>", "a b c"},
    {"Smile :( <news.example.com>", "Smile :("},
    {"5\" pizza <pizza.example.com>", "5\" pizza"},
    {"Smile :( and no identifier", ""},
    {"\"a <b.c>\" (never ends", ""},
    {"Caf\u00E9 <a.b>", "Caf\u00E9"},
    {"Cafe\u0301 <a.b>", "Caf\u00E9"},  // NFC
    {"Caf\xE9 <a.b>", "Caf\uFFFD"},     // no UTF-8
    // encoded-words
    {"=?utf-8?Q?Caf=C3=A9_news?= <a.b>", "Caf\u00E9 news"},
    {"=?UTF-8?b?Q2Fmw6k=?= <a.b>", "Caf\u00E9"},
    {"=?utf-8?b?Q2Fmw6k?= <a.b>", "Caf\u00E9"},  // padding forgotten
    {"=?iso-8859-1?q?Caf=E9?= <a.b>", "Caf\u00E9"},
    {"=?windows-1252?q?=8010?= <a.b>", "\u20AC10"},
    {"=?koi8-r?b?7s/Xz9PUyQ==?= <a.b>", "\u041D\u043E\u0432\u043E\u0441\u0442\u0438"},
    {"=?iso-2022-jp?b?GyRCRnxLXBsoQg==?= <a.b>", "\u65E5\u672C"},
    {"=?gb18030?b?1tDOxA==?= <a.b>", "\u4E2D\u6587"},
    {"=?utf-8*en?q?news?= <a.b>", "news"},
    {"\"=?utf-8?q?Caf=C3=A9?=\" <a.b>", "Caf\u00E9"},  // forbidden in quotes, and common
    {"=?utf-8?q?a?= =?utf-8?q?b?= <a.b>", "ab"},
    {"=?utf-8?q?a?=\n\t=?iso-8859-1?q?=E9?= c <a.b>", "a\u00E9 c"},
    {"=?utf-8?q?a_?= =?utf-8?q?b?= <a.b>", "a b"},
    {"=?utf-8?b?w?= =?utf-8?q?=C3?= =?utf-8?q?=A9?= <a.b>", "=?utf-8?b?w?= \u00E9"},
    {"=?utf-8?q?=C3?= =?utf-8?b?qQ==?= <a.b>", "\u00E9"},  // a character in two words
    {"x=?utf-8?q?a?=y <a.b>", "xay"},
    // malformed ones stand as they are
    {"=?utf-8?x?a?= <a.b>", "=?utf-8?x?a?="},
    {"=?utf-8?q?a =?utf-8?q?b?= <a.b>", "=?utf-8?q?a b"},
    {"=?utf-8?q?=zz?= <a.b>", "=?utf-8?q?=zz?="},
    {"=?utf-8?b?!?= <a.b>", "=?utf-8?b?!?="},
    {"=?utf-8?q?a b?= <a.b>", "=?utf-8?q?a b?="},
    {"=?no-such-charset?q?a?= =?no-such-charset?q?b?= <a.b>",
     "=?no-such-charset?q?a?= =?no-such-charset?q?b?="},
    {"=?../../etc/passwd?q?a?= <a.b>", "=?../../etc/passwd?q?a?="},
    {"=??q?a?= <a.b>", "=??q?a?="},
    {"=? <a.b>", "=?"},
    {"=? =?utf-8?q?a?= <a.b>", "=? a"},
    {"=?utf-8?q?"
     "?= <a.b>",
     ""},
    {"=?utf-8?q?=FF?= <a.b>", "\uFFFD"},
    // LI-06, AT-13
    {"=?utf-8?q?=0aX?= <a.b>", "X"},
    {"=?utf-8?q?a=0d=0aX:_y?= <a.b>", "a X: y"},
    {"=?utf-8?q?a=00b=1b[1m=7f?= <a.b>", "ab[1m"},
    {"=?utf-16be?b?AAAAYQAK?= <a.b>", "a"},
    {"a\u202Eb\u2066c\u200Bd\uFEFFe\u00ADf\u2028g\u2029h <a.b>", "abcdef g h"},
    {"a\u00A0\u3000b <a.b>", "a b"},
    {"a\uE000b\u0378c\U000E0041d\u115Fe <a.b>", "abcde"},
    {"a\uFFF9b <a.b>", "ab"},
    {"\u200B <a.b>", ""},
};

}  // namespace

BOOST_AUTO_TEST_SUITE(display_names)

BOOST_DATA_TEST_CASE(LI_06_AT_13_the_phrase_is_decoded_and_made_fit_to_be_shown,
                     boost::unit_test::data::make(kCases)) {
  BOOST_TEST(display_name(sample.value) == sample.name);
}

BOOST_AUTO_TEST_CASE(a_name_is_cut_after_a_hundred_characters) {
  const auto repeated = [](std::size_t times) {
    std::string text;
    while (times-- > 0)
      text += "\u00E9";
    return text;
  };
  BOOST_TEST(display_name(repeated(100) + " <a.b>") == repeated(100));
  BOOST_TEST(display_name(repeated(101) + " <a.b>") == repeated(100));
  BOOST_TEST(display_name(repeated(1'000'000) + " <a.b>") == repeated(100));
  BOOST_TEST(display_name(std::string(99, 'a') + " b <a.b>") == std::string(99, 'a'));
}

BOOST_AUTO_TEST_CASE(AT_17_AT_18_whatever_is_repeated_is_read_in_one_go) {
  for (const char* piece : {"(", "\"", "<", "\\", "=?", "=?=?=?", "=?a?q?",
                            "=?utf-8?q?a?=", "=?utf-8?b?", " ", "\n\t", "(\"", "=?a?q?x?= "}) {
    std::string value;
    while (value.size() < 1'000'000)
      value += piece;
    BOOST_TEST(display_name(value + "<a.b>").size() <= 400u, piece);
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace optout

// What stands around lookups: what may be added, plus tags, the version of the rules.

#include "address/lookup_key.h"

#include <boost/test/unit_test.hpp>

#include <string>
#include <string_view>

using namespace optout;

BOOST_AUTO_TEST_SUITE(adding)

// AD-27
BOOST_AUTO_TEST_CASE(characters_nobody_can_see_are_looked_up_but_not_added) {
  for (const std::string_view hidden :
       {"\u200B", "\u200D", "\u2060", "\uFEFF",     "\u00AD", "\u202E",     "\u2066",
        "\u200F", "\u061C", "\uFE0F", "\U000E0041", "\uE000", "\U0010FFFD", "\u0378",
        "\uFFFF", "\u00A0", "\u3000", "\u2028",     "\u0085", "\uFFF9",     "\x07"}) {
    const std::string key = "ev" + std::string(hidden) + "e@example.org";
    BOOST_TEST(!unfit_to_add(key).empty(), "key " << key);
    if (hidden != "\x07") {
      BOOST_TEST((lookup_key(key) == LookupKey{KeyStatus::ok, key}), "key " << key);
    }
  }
}

// AD-27
BOOST_AUTO_TEST_CASE(the_reason_says_what_is_wrong) {
  BOOST_TEST(unfit_to_add("a\u202Eb@example.org") == "contains a bidirectional control character");
  BOOST_TEST(unfit_to_add("a\u200Bb@example.org") == "contains an invisible character");
  BOOST_TEST(unfit_to_add("a\uE000b@example.org") == "contains a private-use character");
  BOOST_TEST(unfit_to_add("a\xF6 b@example.org") == "is not valid UTF-8");
}

// AD-26, AD-27
BOOST_AUTO_TEST_CASE(letters_and_symbols_of_every_script_may_be_added) {
  for (const std::string_view key :
       {"eve@example.org", "\"eve smith\"@example.org", "zoë@example.org", "用户@example.org",
        "مستخدم@example.org", "संपर्क@example.org", "\U0001F4EC@example.org", "а@example.org", "<>",
        ""}) {
    BOOST_TEST(unfit_to_add(key) == "", "key " << key);
  }
}

BOOST_AUTO_TEST_CASE(a_plus_tag_can_be_dropped_from_a_key) {
  BOOST_TEST(without_plus_tag("eve+shop@example.org") == "eve@example.org");
  BOOST_TEST(without_plus_tag("eve+shop+2@example.org") == "eve@example.org");
  BOOST_TEST(without_plus_tag("eve+@example.org") == "eve@example.org");
  BOOST_TEST(without_plus_tag("+eve+shop@example.org") == "+eve@example.org");
  BOOST_TEST(without_plus_tag("zoë+shop@example.org") == "zoë@example.org");
}

BOOST_AUTO_TEST_CASE(where_there_is_no_plus_tag_there_is_no_other_key) {
  for (const std::string_view key :
       {"", "<>", "eve", "eve+shop", "eve@example.org", "+eve@example.org", "+@example.org",
        "eve@a+b", "\"eve+x y\"@example.org", "eve+a@b@example.org", "@example.org"}) {
    BOOST_TEST(without_plus_tag(key) == "", "key " << key);
  }
}

// AD-23
BOOST_AUTO_TEST_CASE(comments_and_spaces_are_dropped_around_words_and_nowhere_else) {
  for (const std::string_view spaced :
       {"ann@example.com", "(c)ann@example.com", "ann(c)@example.com", "ann @example.com",
        "ann@ example.com", "ann@example.com (c (d\\) (e)))", "\r\n\tann @ example . com"}) {
    BOOST_TEST(without_comments(spaced) == "ann@example.com", spaced);
  }
  BOOST_TEST(without_comments("\"a (b) c\" @example.com") == "\"a (b) c\"@example.com");
  for (const std::string_view parted :
       {"ann smith@example.com", "an(c)n@example.com", "ann@exam ple.com", "(ann@example.com",
        "\"ann@example.com"})
    BOOST_TEST(without_comments(parted) == "", parted);
  BOOST_TEST(without_comments(std::string(1'000'000, '(')) == "");
}

// AD-17
BOOST_AUTO_TEST_CASE(the_version_names_our_rules_and_those_of_unicode) {
  const std::string version = address_rules_version();
  BOOST_TEST(version.starts_with("2/unicode-"));
  BOOST_TEST(version.find_first_not_of("0123456789.", 10) == std::string::npos);
  BOOST_TEST(version.size() >= 14u);
}

BOOST_AUTO_TEST_SUITE_END()

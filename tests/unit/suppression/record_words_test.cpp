// The words of records in Redis.

#include "suppression/record_words.h"

#include "util/utf8.h"

#include <boost/test/unit_test.hpp>

namespace optout {

BOOST_AUTO_TEST_SUITE(record_words)

BOOST_AUTO_TEST_CASE(a_text_that_fits_is_kept_whole) {
  BOOST_TEST(bounded("jörg", 5) == "jörg");
  BOOST_TEST(bounded("", 0) == "");
}

BOOST_AUTO_TEST_CASE(a_text_that_is_cut_never_ends_in_half_a_character) {
  const std::string text = "aé€😀z";  // of one, two, three, four and one octets
  std::string found;
  for (std::size_t limit = 0; limit <= text.size(); ++limit) {
    const auto cut = bounded(text, limit);
    BOOST_TEST(is_utf8(cut), limit);
    BOOST_TEST(text.starts_with(cut));
    found += std::to_string(cut.size());
  }
  BOOST_TEST(found == "011333666610" + std::to_string(11));
}

BOOST_AUTO_TEST_CASE(octets_that_are_no_utf8_are_bounded_all_the_same) {
  const std::string junk(2000, '\x80');
  BOOST_TEST(bounded(junk).size() == kLongestText);
}

BOOST_AUTO_TEST_CASE(a_word_is_bounded_before_it_is_encoded_and_so_no_escape_is_cut) {
  std::string record;
  add_word(record, "reason", std::string(kLongestText - 1, ' ') + "\xC3\xA9");
  std::string_view rest = record;
  const auto word = take_word(rest);
  BOOST_REQUIRE(word.has_value());
  BOOST_TEST(word->value == std::string(kLongestText - 1, ' '));
  BOOST_TEST(rest == "");
}

BOOST_AUTO_TEST_CASE(no_value_can_pass_for_another_word) {
  std::string record;
  add_word(record, "a", " b=c\r\n%20=");
  add_word(record, "empty", "");
  add_word(record, "d", "e");
  std::string_view rest = record;
  auto word = take_word(rest);
  BOOST_REQUIRE(word.has_value());
  BOOST_TEST(word->name == "a");
  BOOST_TEST(word->value == " b=c\r\n%20=");
  word = take_word(rest);
  BOOST_REQUIRE(word.has_value());
  BOOST_TEST(word->name == "d");
  BOOST_TEST(!take_word(rest).has_value());
}

BOOST_AUTO_TEST_CASE(what_is_no_word_is_passed_over_and_what_is_no_escape_is_kept) {
  std::string_view rest = "loose  =  a=%zz% b=%4";
  BOOST_TEST(take_word(rest)->name == "");
  BOOST_TEST(take_word(rest)->value == "%zz%");
  BOOST_TEST(take_word(rest)->value == "%4");
  BOOST_TEST(!take_word(rest).has_value());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace optout

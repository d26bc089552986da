// Patterns: what they match, and what two of them have in common.

#include "util/glob.h"

#include <boost/test/unit_test.hpp>

#include <string>
#include <vector>

namespace optout {
namespace {

// Every text of at most three octets of a small alphabet: enough to see what a pattern means.
std::vector<std::string> all_texts() {
  std::vector<std::string> texts{""};
  for (std::size_t from = 0, length = 0; length < 4; ++length) {
    const std::size_t to = texts.size();
    for (; from < to; ++from) {
      for (const char c : {'a', 'b', '.'})
        texts.push_back(texts[from] + c);
    }
  }
  return texts;
}

std::vector<std::string> all_patterns() {
  std::vector<std::string> patterns{""};
  for (std::size_t from = 0, length = 0; length < 3; ++length) {
    const std::size_t to = patterns.size();
    for (; from < to; ++from) {
      for (const char c : {'a', 'b', '*', '?'})
        patterns.push_back(patterns[from] + c);
    }
  }
  return patterns;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(globs)

BOOST_AUTO_TEST_CASE(a_star_is_any_text_and_a_question_mark_one_octet) {
  BOOST_TEST(glob_matches("*@example.com", "ann@example.com"));
  BOOST_TEST(glob_matches("*@example.com", "@example.com"));
  BOOST_TEST(!glob_matches("*@example.com", "ann@example.com.evil.example"));
  BOOST_TEST(glob_matches("news-?.*.example", "news-1.eu.example"));
  BOOST_TEST(!glob_matches("news-?.*.example", "news-10.eu.example"));
  BOOST_TEST(glob_matches("a*b*c", "a-b-b-c"));
  BOOST_TEST(!glob_matches("a*b*c", "a-c-b"));
  BOOST_TEST(glob_matches("", ""));
  BOOST_TEST(!glob_matches("", "a"));
  BOOST_TEST(glob_matches("**", ""));
  BOOST_TEST(!glob_matches("?", ""));
}

BOOST_AUTO_TEST_CASE(AT_17_a_pattern_that_invites_backtracking_ends) {
  BOOST_TEST(!glob_matches("*a*a*a*a*a*a*a*a*b", std::string(20'000, 'a')));
}

BOOST_AUTO_TEST_CASE(covering_and_overlapping_agree_with_what_is_matched) {
  const auto texts = all_texts();
  for (const std::string& a : all_patterns()) {
    for (const std::string& b : all_patterns()) {
      bool both = false;
      for (const std::string& text : texts) {
        const bool in_a = glob_matches(a, text);
        const bool in_b = glob_matches(b, text);
        both = both || (in_a && in_b);
        if (glob_covers(a, b) && in_b && !in_a)
          BOOST_ERROR(a + " covers " + b + " but not " + text);
      }
      if (globs_overlap(a, b) != both) BOOST_ERROR(a + " and " + b);
    }
  }
}

BOOST_AUTO_TEST_CASE(a_wider_pattern_covers_a_narrower_one) {
  BOOST_TEST(glob_covers("*@example.com", "news@example.com"));
  BOOST_TEST(glob_covers("*@*.example.com", "*@news.example.com"));
  BOOST_TEST(glob_covers("*", "?"));
  BOOST_TEST(glob_covers("*", "**"));
  BOOST_TEST(!glob_covers("news@*", "*@example.com"));
  BOOST_TEST(!glob_covers("?", "*"));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace optout

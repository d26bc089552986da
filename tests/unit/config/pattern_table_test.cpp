// The table is quick; util/glob.h is right. They must agree.

#include "config/pattern_table.h"

#include "util/glob.h"

#include <boost/test/unit_test.hpp>
#include <rapidcheck.h>

#include <string>
#include <vector>

using namespace optout;

namespace {

using Texts = std::vector<std::string>;

// Few letters, so that much agrees.
rc::Gen<Texts> patterns() {
  const auto pattern = rc::gen::resize(8, rc::gen::nonEmpty(rc::gen::container<std::string>(
                                              rc::gen::elementOf(std::string("aab**?")))));
  return rc::gen::resize(12, rc::gen::nonEmpty(rc::gen::container<Texts>(pattern)));
}

void for_each_pair(const Texts& texts, const auto& check) {
  PatternTable table;
  std::vector<PatternTable::Id> ids;
  for (const std::string& text : texts)
    ids.push_back(table.add(text));
  table.sort();
  for (std::size_t i = 0; i < texts.size(); ++i) {
    for (std::size_t j = 0; j < texts.size(); ++j)
      check(table, ids[i], ids[j], texts[i], texts[j]);
  }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(pattern_table)

BOOST_AUTO_TEST_CASE(the_same_text_has_the_same_id_and_no_other) {
  BOOST_TEST(rc::check("ids", [] {
    for_each_pair(*patterns(), [](const auto&, auto a, auto b, const auto& x, const auto& y) {
      RC_ASSERT((a == b) == (x == y));
    });
  }));
}

BOOST_AUTO_TEST_CASE(what_is_apart_matches_no_common_text) {
  BOOST_TEST(rc::check("are_apart", [] {
    for_each_pair(*patterns(), [](const auto& table, auto a, auto b, const auto& x, const auto& y) {
      if (table.are_apart(a, b)) RC_ASSERT(!globs_overlap(x, y));
    });
  }));
}

BOOST_AUTO_TEST_CASE(what_is_not_apart_overlaps_and_covers_as_globs_do) {
  BOOST_TEST(rc::check("overlap, covers", [] {
    for_each_pair(*patterns(), [](const auto& table, auto a, auto b, const auto& x, const auto& y) {
      if (table.are_apart(a, b)) return;
      RC_ASSERT(table.overlap(a, b) == globs_overlap(x, y));
      RC_ASSERT(table.covers(a, b) == glob_covers(x, y));
    });
  }));
}

BOOST_AUTO_TEST_CASE(texts_that_begin_or_end_in_another_way_are_apart) {
  for_each_pair({"ann@a.example", "*@b.example", "news-*@c.example", "sales-*@c.example"},
                [](const auto& table, auto a, auto b, const auto& x, const auto& y) {
                  BOOST_TEST(table.are_apart(a, b) == (x != y), x << " and " << y);
                });
}

BOOST_AUTO_TEST_SUITE_END()

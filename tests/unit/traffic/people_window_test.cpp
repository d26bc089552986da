#include "traffic/people_window.h"

#include <boost/test/unit_test.hpp>

namespace optout {
namespace {

using namespace std::chrono_literals;

MailTime at(std::chrono::seconds since) {
  return MailTime(since);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(people_window)

BOOST_AUTO_TEST_CASE(people_are_counted_once_however_often_they_are_mailed) {
  PeopleWindow window(1h, WindowMoves::on);
  window.add(std::vector<Person>{1, 2}, at(0s));
  window.add(std::vector<Person>{2, 3}, at(1s));
  BOOST_TEST(window.count(at(2s)) == 3u);
  BOOST_TEST(window.count_with(std::vector<Person>{3, 4}, at(2s)) == 4u);
  BOOST_TEST(window.count(at(2s)) == 3u);
}

BOOST_AUTO_TEST_CASE(people_are_forgotten_a_window_after_their_last_mail) {
  PeopleWindow window(1h, WindowMoves::on);
  window.add(std::vector<Person>{1, 2}, at(0s));
  window.add(std::vector<Person>{2}, at(1800s));
  BOOST_TEST(window.count(at(3599s)) == 2u);
  BOOST_TEST(window.count(at(3600s)) == 1u);
  BOOST_TEST(window.count(at(5400s)) == 0u);
}

BOOST_AUTO_TEST_CASE(it_agrees_with_plain_counting_over_a_long_time) {
  PeopleWindow window(60s, WindowMoves::on);
  std::vector<std::pair<int, Person>> all;
  for (int second = 0; second < 2000; ++second) {
    const auto person = static_cast<Person>(second * 7919 % 97);
    window.add(std::vector{person}, at(std::chrono::seconds(second)));
    all.emplace_back(second, person);
    std::vector<Person> within;
    for (const auto& [when, who] : all) {
      if (when > second - 60) within.push_back(who);
    }
    std::sort(within.begin(), within.end());
    within.erase(std::unique(within.begin(), within.end()), within.end());
    BOOST_REQUIRE_EQUAL(window.count(at(std::chrono::seconds(second))), within.size());
  }
}

BOOST_AUTO_TEST_CASE(a_window_that_moves_in_leaps_begins_with_the_first_mail) {
  PeopleWindow window(1h, WindowMoves::in_leaps);
  window.add(std::vector<Person>{1}, at(100s));
  window.add(std::vector<Person>{2}, at(3699s));
  BOOST_TEST(window.count(at(3699s)) == 2u);
  BOOST_TEST(window.count(at(3700s)) == 0u);
  window.add(std::vector<Person>{3}, at(5000s));
  BOOST_TEST(window.count_with(std::vector<Person>{4}, at(8599s)) == 2u);
  BOOST_TEST(window.count_with(std::vector<Person>{4}, at(8600s)) == 1u);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace optout

// How long what was put off has waited, until it comes back, or never does.

#include "metrics/waiting.h"

#include <boost/test/unit_test.hpp>

namespace optout {
namespace {

using namespace std::chrono_literals;

struct Put {
  Waiting waiting;
  const Waiting::Clock::time_point start = Waiting::Clock::now();
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(waiting_for_what_was_put_off, Put)

BOOST_AUTO_TEST_CASE(the_oldest_counts_from_its_first_attempt) {
  waiting.put_off(1, start);
  waiting.put_off(2, start + 10min);
  waiting.put_off(1, start + 50min);
  BOOST_TEST((waiting.longest(start + 1h) == 1h));
  waiting.done(1);
  BOOST_TEST((waiting.longest(start + 1h) == 50min));
}

BOOST_AUTO_TEST_CASE(whatever_stays_away_for_days_was_given_up_and_is_not_waited_for) {
  waiting.put_off(1, start);
  waiting.put_off(2, start);
  waiting.put_off(2, start + Waiting::kLost);
  BOOST_TEST(waiting.size(start + Waiting::kLost) == 2U);
  BOOST_TEST(waiting.size(start + Waiting::kLost + 1s) == 1U);
  BOOST_TEST((waiting.longest(start + Waiting::kLost + 1s) == Waiting::kLost + 1s));
}

BOOST_AUTO_TEST_CASE(of_too_many_the_first_ones_are_remembered) {
  for (std::uint64_t i = 0; i < Waiting::kMost + 5; ++i)
    waiting.put_off(i, start + std::chrono::seconds(i));
  BOOST_TEST(waiting.size(start) == Waiting::kMost);
  BOOST_TEST((waiting.longest(start + 12h) == 12h));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace optout

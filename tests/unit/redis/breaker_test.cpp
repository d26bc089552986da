// The circuit breaker, in a time of its own.

#include "redis/breaker.h"

#include "asking.h"

namespace optout::redis {
namespace {

using std::chrono::milliseconds;

const Error kRefused{Fault::unreachable, "connect: Connection refused"};

struct Fixture {
  Breaker breaker;
  Clock::time_point now{};

  // How long nobody asks after one more failure, to the millisecond.
  milliseconds pause_after_failure() {
    breaker.failed(now, kRefused);
    const auto start = now;
    while (breaker.pausing(now) != nullptr)
      now += milliseconds(1);
    return std::chrono::duration_cast<milliseconds>(now - start);
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(redis_breaker, Fixture)

BOOST_AUTO_TEST_CASE(a_new_breaker_lets_everybody_ask) {
  BOOST_TEST(breaker.pausing(now) == nullptr);
}

BOOST_AUTO_TEST_CASE(the_pause_doubles_up_to_the_longest) {
  for (const int expected : {50, 100, 200, 400, 800, 1000, 1000, 1000}) {
    BOOST_TEST(pause_after_failure().count() == expected);
  }
}

BOOST_AUTO_TEST_CASE(any_success_starts_over) {
  for (int i = 0; i < 5; ++i)
    pause_after_failure();
  breaker.succeeded(now);
  BOOST_TEST(breaker.pausing(now) == nullptr);
  BOOST_TEST(pause_after_failure().count() == 50);
}

BOOST_AUTO_TEST_CASE(while_it_pauses_it_remembers_the_last_error) {
  breaker.failed(now, kRefused);
  breaker.failed(now, {Fault::timeout, "read: timed out"});
  BOOST_REQUIRE(breaker.pausing(now) != nullptr);
  BOOST_TEST(breaker.pausing(now)->detail == "read: timed out");
}

BOOST_AUTO_TEST_CASE(only_the_first_failure_of_an_outage_is_news) {
  BOOST_TEST(breaker.failed(now, kRefused));
  BOOST_TEST(!breaker.failed(now, kRefused));
  breaker.succeeded(now);
  BOOST_TEST(breaker.failed(now, kRefused));
}

BOOST_AUTO_TEST_CASE(the_first_success_tells_how_long_the_outage_was) {
  BOOST_TEST(!breaker.succeeded(now).has_value());
  breaker.failed(now, kRefused);
  now += milliseconds(400);
  breaker.failed(now, kRefused);
  now += milliseconds(600);
  const auto lasted = breaker.succeeded(now);
  BOOST_REQUIRE(lasted.has_value());
  BOOST_TEST((*lasted == milliseconds(1000)));
  BOOST_TEST(!breaker.succeeded(now).has_value());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace optout::redis

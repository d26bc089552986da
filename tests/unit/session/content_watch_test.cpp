// A listener that never shows us what its messages say is noticed, and no other.

#include "session/content_watch.h"

#include <boost/test/unit_test.hpp>

#include <string>

namespace optout {
namespace {

unsigned told(ContentWatch& watch, std::string_view listener, unsigned times,
              bool behind_data = true) {
  unsigned told = 0;
  for (unsigned i = 0; i < times; ++i)
    told += watch.missed(listener, behind_data) ? 1 : 0;
  return told;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(content_watch)

BOOST_AUTO_TEST_CASE(many_in_a_row_are_told_and_then_ever_more_rarely) {
  ContentWatch watch;
  BOOST_TEST(told(watch, "proxy", 4) == 0u);
  BOOST_TEST(watch.missed("proxy", true));
  BOOST_TEST(told(watch, "proxy", 44) == 0u);
  BOOST_TEST(watch.missed("proxy", true));
}

BOOST_AUTO_TEST_CASE(of_those_who_may_only_have_asked_it_takes_many_more) {
  ContentWatch watch;
  BOOST_TEST(told(watch, "smtp", 49, false) == 0u);
  BOOST_TEST(watch.missed("smtp", false));
}

BOOST_AUTO_TEST_CASE(clients_that_hang_up_now_and_then_are_no_news) {
  ContentWatch watch;
  for (int i = 0; i < 100; ++i) {
    BOOST_TEST(told(watch, "smtp", 4) == 0u);
    watch.seen("smtp");
  }
}

BOOST_AUTO_TEST_CASE(what_another_listener_shows_does_not_excuse_this_one) {
  ContentWatch watch;
  for (unsigned i = 1; i < 5; ++i) {
    BOOST_TEST(!watch.missed("proxy", true));
    watch.seen("smtp");
  }
  BOOST_TEST(watch.missed("proxy", true));
}

BOOST_AUTO_TEST_CASE(AT_15_memory_is_bounded) {
  ContentWatch watch;
  for (int i = 0; i < 100'000; ++i)
    watch.missed(std::to_string(i), true);
  BOOST_TEST(told(watch, "one more", 100) == 0u);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace optout

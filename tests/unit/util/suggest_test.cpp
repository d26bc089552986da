// "Did you mean …?"

#include "util/suggest.h"

#include <boost/test/unit_test.hpp>

#include <array>
#include <string>
#include <string_view>

using namespace optout;

namespace {

constexpr std::array<std::string_view, 6> kKnown = {"listen", "mode",      "redis",
                                                    "stream", "on_outage", "on_opted_out"};

}  // namespace

BOOST_AUTO_TEST_SUITE(suggestions)

BOOST_AUTO_TEST_CASE(a_slip_of_the_finger_is_forgiven) {
  BOOST_TEST(nearest("lisetn", kKnown) == "listen");  // swapped
  BOOST_TEST(nearest("lisen", kKnown) == "listen");   // one too few
  BOOST_TEST(nearest("redisx", kKnown) == "redis");   // one too many
  BOOST_TEST(nearest("stroam", kKnown) == "stream");  // a wrong one
  BOOST_TEST(nearest("on_opt_out", kKnown) == "on_opted_out");
}

BOOST_AUTO_TEST_CASE(case_and_hyphens_cost_nothing) {
  BOOST_TEST(nearest("Mode", kKnown) == "mode");
  BOOST_TEST(nearest("on-outage", kKnown) == "on_outage");
  BOOST_TEST(nearest("ON-OUTTAGE", kKnown) == "on_outage");
}

BOOST_AUTO_TEST_CASE(what_is_like_nothing_gets_no_suggestion) {
  BOOST_TEST(nearest("frequency", kKnown) == "");
  BOOST_TEST(nearest("xyz", kKnown) == "");
  BOOST_TEST(nearest("", kKnown) == "");
  BOOST_TEST(nearest("mode", {}) == "");
  BOOST_TEST(nearest(std::string(100'000, 'x'), kKnown) == "");
}

BOOST_AUTO_TEST_CASE(the_nearest_wins) {
  constexpr std::array<std::string_view, 3> kAlike = {"timeouts", "timeout", "timer"};
  BOOST_TEST(nearest("timeot", kAlike) == "timeout");
}

BOOST_AUTO_TEST_SUITE_END()

#include "guard/sender_state.h"

#include <boost/test/unit_test.hpp>

namespace optout {

BOOST_AUTO_TEST_SUITE(sender_state)

BOOST_AUTO_TEST_CASE(records_are_read_as_they_were_written) {
  const Trip trip{.until = 17,
                  .since = "2026-11-22T09:50:00Z",
                  .step = "hold",
                  .monitored = true,
                  .count = 12,
                  .of = 50,
                  .limit = "20% of at least 50 per 1h",
                  .relay = "mx1",
                  .message = "4TbX1",
                  .stream = "offers"};
  BOOST_TEST((decode_trip(encode(trip)) == trip));
  const Allowance allowance{.until = 17,
                            .from = 3,
                            .most = 20'000,
                            .since = "2026-11-22T09:50:00Z",
                            .by = "root",
                            .because = "spring sale, agreed"};
  BOOST_TEST((decode_allowance(encode(allowance)) == allowance));
}

BOOST_AUTO_TEST_CASE(rubbish_is_nothing) {
  for (const char* text :
       {"", "until=", "until=x", "until=-1", "until=99999999999999999999999", "%%%", "count=5"}) {
    BOOST_TEST(!decode_trip(text).has_value(), text);
    BOOST_TEST(!decode_allowance(text).has_value(), text);
  }
}

BOOST_AUTO_TEST_CASE(what_has_ended_is_left_away_by_name) {
  SenderState state;
  state.add("trip:recipients/1h", "until=100 step=hold", 100);
  state.add("trip:recipients/1d", "until=101 step=reject", 100);
  state.add("warn:recipients/1h", "until=50", 100);
  state.add("allow", "until=99 most=5", 100);
  state.add("what is that", "until=999", 100);
  BOOST_TEST(state.trips.size() == 1U);
  BOOST_TEST(state.trips.contains("recipients/1d"));
  BOOST_TEST(state.warnings.empty());
  BOOST_TEST(!state.allowance.has_value());
  const std::vector<std::string> ended{"trip:recipients/1h", "warn:recipients/1h"};
  BOOST_TEST(state.ended == ended, boost::test_tools::per_element());
  BOOST_TEST(state.until() == 101U);
}

BOOST_AUTO_TEST_CASE(what_was_told_is_told_until_it_ends_and_in_its_mode) {
  SenderState state;
  state.add("told:recipients/1h", encode_told(200, false), 100);
  state.add("told:recipients/1d", encode_told(200, true), 100);
  state.add("told:recipients/2d", encode_told(100, false), 100);
  BOOST_TEST(state.is_told("recipients/1h", 200, false));
  BOOST_TEST(!state.is_told("recipients/1h", 201, false));
  BOOST_TEST(!state.is_told("recipients/1h", 200, true));
  BOOST_TEST(state.is_told("recipients/1d", 150, true));
  BOOST_TEST(!state.is_told("recipients/2d", 50, false));
  BOOST_TEST(state.ended.size() == 1U);
  BOOST_TEST(state.until() == 0U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace optout

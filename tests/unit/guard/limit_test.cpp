#include "guard/limit.h"

#include <boost/test/unit_test.hpp>

namespace optout {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

BOOST_AUTO_TEST_SUITE(limit)

BOOST_AUTO_TEST_CASE(windows_are_written_in_their_largest_unit) {
  BOOST_TEST(window_text(hours(1)) == "1h");
  BOOST_TEST(window_text(hours(48)) == "2d");
  BOOST_TEST(window_text(minutes(90)) == "90m");
  BOOST_TEST(window_text(seconds(61)) == "61s");
}

BOOST_AUTO_TEST_CASE(names_tell_limits_apart) {
  BOOST_TEST((Limit{.kind = LimitKind::recipients, .most = 1, .window = hours(1)}.name()) ==
             "recipients/1h");
  BOOST_TEST((Limit{.kind = LimitKind::recipients_per_message, .most = 1}.name()) ==
             "recipients_per_message");
  BOOST_TEST((Limit{.kind = LimitKind::same_message,
                    .most = 1,
                    .window = hours(24),
                    .without_list_unsubscribe = true}
                  .name()) == "same_message-without-list-unsubscribe/1d");
}

BOOST_AUTO_TEST_CASE(amounts_are_written_as_the_configuration_has_them) {
  BOOST_TEST(amount_text({.kind = LimitKind::recipients, .most = 500, .window = hours(1)}) ==
             "500 per 1h");
  BOOST_TEST(
      amount_text({.kind = LimitKind::opted_out, .most = 50, .percent = 20, .window = hours(1)}) ==
      "20% of at least 50 per 1h");
  BOOST_TEST(amount_text({.kind = LimitKind::recipients_per_message, .most = 100}) == "100");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace optout

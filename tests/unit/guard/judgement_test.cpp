// What the bulk guard says: one row for each rule.

#include "guard/judgement.h"

#include <boost/test/unit_test.hpp>

namespace optout {
namespace {

constexpr Limit recipients(std::uint64_t most, Step then) {
  return {
      .kind = LimitKind::recipients, .most = most, .window = std::chrono::hours(1), .then = then};
}

const Limit kShare{.kind = LimitKind::opted_out,
                   .most = 50,
                   .percent = 20,
                   .window = std::chrono::hours(1),
                   .then = Step::hold};

GuardVerdict judge(const Limits& limits, const std::vector<LimitStanding>& standings,
                   unsigned warn_at = 80) {
  return judge_bulk(limits, standings, warn_at);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(judgement)

BOOST_AUTO_TEST_CASE(up_to_the_limit_nothing_happens) {
  const GuardVerdict verdict = judge({recipients(500, Step::hold)}, {{.people = 500}}, 100);
  BOOST_TEST(!verdict.stops());
  BOOST_TEST(verdict.trips.empty());
}

BOOST_AUTO_TEST_CASE(one_more_trips) {
  const GuardVerdict verdict = judge({recipients(500, Step::hold)}, {{.people = 501}});
  BOOST_TEST((verdict.step == Step::hold));
  BOOST_TEST(verdict.trips == std::vector<std::size_t>{0}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_trip_lasts_and_is_told_once) {
  const GuardVerdict verdict =
      judge({recipients(500, Step::hold)}, {{.people = 1, .tripped = true}});
  BOOST_TEST((verdict.step == Step::hold));
  BOOST_TEST(verdict.trips.empty());
}

BOOST_AUTO_TEST_CASE(the_severest_step_counts_whatever_the_order) {
  for (const bool turned : {false, true}) {
    Limits limits{recipients(1, Step::reject), recipients(2, Step::warn)};
    if (turned) std::swap(limits[0], limits[1]);
    const GuardVerdict verdict = judge(limits, {{.people = 9}, {.people = 9}});
    BOOST_TEST((verdict.step == Step::reject));
    BOOST_TEST(*verdict.limit == (turned ? 1U : 0U));
    BOOST_TEST(verdict.trips.size() == 2U);
  }
}

BOOST_AUTO_TEST_CASE(warn_stops_nothing) {
  const GuardVerdict verdict = judge({recipients(500, Step::warn)}, {{.people = 501}});
  BOOST_TEST((verdict.step == Step::warn));
  BOOST_TEST(!verdict.stops());
  BOOST_TEST(verdict.trips.size() == 1U);
}

BOOST_AUTO_TEST_CASE(a_limit_about_other_mail_says_nothing) {
  const GuardVerdict verdict =
      judge({recipients(1, Step::hold)}, {{.people = 9, .applies = false}});
  BOOST_TEST(!verdict.stops());
}

BOOST_AUTO_TEST_CASE(near_a_limit_there_is_one_warning) {
  const Limits limits{recipients(500, Step::hold)};
  BOOST_TEST(judge(limits, {{.people = 399}}).warnings.empty());
  BOOST_TEST(judge(limits, {{.people = 400}}).warnings.size() == 1U);
  BOOST_TEST(judge(limits, {{.people = 400, .warned = true}}).warnings.empty());
  BOOST_TEST(judge(limits, {{.people = 501}}).warnings.empty());
  BOOST_TEST(judge(limits, {{.people = 500}}, 100).warnings.empty());
}

BOOST_AUTO_TEST_CASE(a_share_says_nothing_below_its_floor) {
  BOOST_TEST(!judge({kShare}, {{.people = 49, .opted_out = 49}}).stops());
  BOOST_TEST(judge({kShare}, {{.people = 50, .opted_out = 50}}).stops());
}

BOOST_AUTO_TEST_CASE(a_share_is_reached_to_the_person) {
  BOOST_TEST(!judge({kShare}, {{.people = 100, .opted_out = 19}}).stops());
  BOOST_TEST(judge({kShare}, {{.people = 100, .opted_out = 20}}).stops());
  BOOST_TEST(judge({kShare}, {{.people = 100, .opted_out = 16}}).warnings.size() == 1U);
  BOOST_TEST(judge({kShare}, {{.people = 100, .opted_out = 15}}).warnings.empty());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace optout

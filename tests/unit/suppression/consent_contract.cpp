// What every SuppressionStore does where an opt-out was withdrawn, and an older request for it
// comes in later: a token never expires, and mail can be sent again (AT-05). Run on the store in
// memory and on Redis alike.

#include "store_under_test.h"

#include <boost/test/unit_test.hpp>

#include <chrono>

namespace optout {

std::ostream& boost_test_print_type(std::ostream& out, Recorded recorded);

namespace {

using std::chrono::days;
using std::chrono::sys_days;

const SetName kGlobal = SetName::global();
const SetName kNews = SetName::list("news.example.com");

struct Withdrawn {
  std::unique_ptr<test::StoreUnderTest> test = test::make_store_under_test();
  SuppressionStore& store = test->store();

  Withdrawn() {
    BOOST_REQUIRE(*store.init("test"));
    BOOST_REQUIRE(record({}, kNews) == Recorded::added);
    BOOST_REQUIRE(*store.withdraw("ann@example.com", kNews, "root", "asked to come back"));
  }

  static sys_days today() { return std::chrono::floor<days>(std::chrono::system_clock::now()); }

  Recorded record(std::optional<sys_days> asked, const SetName& set,
                  const std::string& member = "ann@example.com") {
    Evidence evidence;
    evidence.since = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
    evidence.source = Source::reply;
    const auto recorded =
        store.record({.member = member, .set = set, .evidence = evidence, .asked = asked});
    BOOST_REQUIRE(recorded);
    return *recorded;
  }

  std::vector<Listing> listings() {
    auto found = store.listings({{"ann@example.com"}}, {&kNews, 1});
    BOOST_REQUIRE(found);
    return *found;
  }

  bool is_listed(const SetName& set = kNews) {
    const Spellings ann{{"ann@example.com"}};
    const auto answers = store.find({&ann, 1}, {&set, 1});
    BOOST_REQUIRE(answers);
    return !answers->front().empty();
  }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(consent_contract)

BOOST_FIXTURE_TEST_CASE(AT_05_a_request_from_before_a_withdrawal_adds_nothing, Withdrawn) {
  BOOST_TEST(record(today() - days(1), kNews) == Recorded::outranked);
  BOOST_TEST(record(today() - days(1), kNews) == Recorded::outranked);
  BOOST_TEST(!is_listed());
}

BOOST_FIXTURE_TEST_CASE(a_request_of_the_same_day_or_later_is_never_lost, Withdrawn) {
  // The day may end in between: then the request is from the day of the withdrawal, or after it.
  BOOST_TEST(record(today(), kNews) == Recorded::added);
  BOOST_TEST(is_listed());
  BOOST_REQUIRE(*store.withdraw("ann@example.com", kNews, "root", "again"));
  BOOST_TEST(record(today() + days(1), kNews) == Recorded::added);
}

BOOST_FIXTURE_TEST_CASE(whoever_says_it_now_is_heard_whatever_was_withdrawn, Withdrawn) {
  BOOST_TEST(record(std::nullopt, kNews) == Recorded::added);
  BOOST_TEST(is_listed());
}

BOOST_FIXTURE_TEST_CASE(a_withdrawal_is_of_one_person_and_one_set, Withdrawn) {
  BOOST_TEST(record(today() - days(1), kGlobal) == Recorded::added);
  BOOST_TEST(record(today() - days(1), SetName::list("news.example.com", "acme")) ==
             Recorded::added);  // AT-27
  BOOST_TEST(record(today() - days(1), kNews, "bob@example.com") == Recorded::added);
}

BOOST_FIXTURE_TEST_CASE(AT_05_an_old_request_is_not_made_newer_by_one_that_came_after_it,
                        Withdrawn) {
  BOOST_REQUIRE(record(today(), kNews) == Recorded::added);
  BOOST_TEST(record(today() - days(1), kNews) == Recorded::already_there);
  BOOST_REQUIRE(*store.withdraw("ann@example.com", kNews, "root", "and back again"));
  BOOST_TEST(record(today() - days(1), kNews) == Recorded::outranked);
}

BOOST_FIXTURE_TEST_CASE(a_withdrawal_is_told_of_until_she_opts_out_again, Withdrawn) {
  const auto found = listings();
  BOOST_REQUIRE(found.size() == 1u);
  BOOST_TEST((found.front().set == kNews));
  BOOST_TEST(found.front().member == "ann@example.com");
  BOOST_TEST(!found.front().evidence.has_value());
  BOOST_REQUIRE(found.front().withdrawn.has_value());
  BOOST_TEST(found.front().withdrawn->by == "root");
  BOOST_TEST(found.front().withdrawn->reason == "asked to come back");
  BOOST_TEST((std::chrono::floor<days>(found.front().withdrawn->since) <= today()));

  BOOST_REQUIRE(record(std::nullopt, kNews) == Recorded::added);
  const auto again = listings();
  BOOST_REQUIRE(again.size() == 1u);
  BOOST_TEST(!again.front().withdrawn.has_value());
}

BOOST_FIXTURE_TEST_CASE(of_who_was_never_in_a_set_nothing_can_be_withdrawn, Withdrawn) {
  BOOST_TEST(!*store.withdraw("bob@example.com", kNews, "root", "asked"));
  BOOST_TEST(record(today() - days(1), kNews, "bob@example.com") == Recorded::added);
  BOOST_TEST(store.listings({{"carl@example.com"}}, {})->empty());
}

BOOST_FIXTURE_TEST_CASE(members_that_others_added_can_be_withdrawn_too, Withdrawn) {
  test->add_as_others_do("ann@example.com", kGlobal);
  BOOST_REQUIRE(*store.withdraw("ann@example.com", kGlobal, "root", "asked"));
  BOOST_TEST(record(today() - days(1), kGlobal) == Recorded::outranked);
}

BOOST_FIXTURE_TEST_CASE(bounces_and_withdrawals_do_not_meet, Withdrawn) {
  const SetName bounce("bounce");
  Evidence evidence;
  evidence.since = today();
  evidence.expires = today() + days(30);
  const OptOut gone{.member = "ann@example.com", .set = bounce, .evidence = evidence};
  BOOST_REQUIRE(store.record(gone));
  BOOST_REQUIRE(*store.withdraw("ann@example.com", bounce, "root", "mailbox is back"));
  BOOST_REQUIRE(store.record(gone));
  BOOST_TEST(is_listed(bounce));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace optout

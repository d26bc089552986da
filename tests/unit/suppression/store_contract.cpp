// What every SuppressionStore does, whatever it is made of. Run on the one in memory and on Redis
// alike, so that tests built on the former tell the truth about the latter.

#include "store_under_test.h"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <chrono>

namespace optout {

// Boost.Test prints what differs.
std::ostream& boost_test_print_type(std::ostream& out, Fault fault) {
  return out << to_string(fault);
}
std::ostream& boost_test_print_type(std::ostream& out, Recorded recorded) {
  switch (recorded) {
    case Recorded::added:
      return out << "added";
    case Recorded::already_there:
      return out << "already_there";
    case Recorded::outranked:
      return out << "outranked";
  }
  return out;
}

namespace {

using std::chrono::days;

const SetName kGlobal = SetName::global();
const SetName kBounce{"bounce"};
const SetName kNews = SetName::list("news.example.com");
const SetName kOffers = SetName::list("offers.example.com");

Instant today() {
  return std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
}

OptOut opt_out(std::string member, SetName set, std::string reason = "asked by phone") {
  Evidence evidence;
  evidence.since = today();
  evidence.source = Source::admin;
  evidence.reason = std::move(reason);
  evidence.by = "root";
  return {.member = std::move(member), .set = std::move(set), .evidence = std::move(evidence)};
}

struct Empty {
  std::unique_ptr<test::StoreUnderTest> test = test::make_store_under_test();
  SuppressionStore& store = test->store();

  // The set in which `member` is found, or "" for nobody; fails the test if the store cannot tell.
  std::string set_of(const std::string& member, const std::vector<SetName>& sets) {
    const Spellings spellings{{member}};
    const auto answers = store.find({&spellings, 1}, sets);
    BOOST_REQUIRE(answers);
    BOOST_REQUIRE(answers->size() == 1u);
    return answers->front().empty() ? "" : std::string(answers->front().front().set.text());
  }
};

struct Initialised : Empty {
  Initialised() { BOOST_REQUIRE(*store.init("test")); }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(store_contract)

BOOST_FIXTURE_TEST_CASE(AT_25_an_empty_store_cannot_tell_and_does_not_say_nobody, Empty) {
  const Spellings ann{{"ann@example.com"}};
  const auto answer = store.find({&ann, 1}, {&kGlobal, 1});
  BOOST_REQUIRE(!answer);
  BOOST_TEST(answer.error().fault == Fault::schema_missing);
}

BOOST_FIXTURE_TEST_CASE(AT_25_members_without_the_marker_are_not_trusted_either, Empty) {
  test->add_as_others_do("ann@example.com", kGlobal);
  const Spellings bob{{"bob@example.com"}};
  BOOST_TEST(!store.find({&bob, 1}, {&kGlobal, 1}));
}

BOOST_FIXTURE_TEST_CASE(AT_25_a_flushed_store_cannot_tell_any_more, Initialised) {
  BOOST_TEST(set_of("ann@example.com", {kGlobal}) == "");
  test->flush();
  const Spellings ann{{"ann@example.com"}};
  BOOST_TEST(!store.find({&ann, 1}, {&kGlobal, 1}));
  BOOST_TEST(!store.find({}, {}));
}

BOOST_FIXTURE_TEST_CASE(initialising_twice_changes_nothing, Initialised) {
  BOOST_REQUIRE(store.record(opt_out("ann@example.com", kGlobal)));
  const auto again = store.init("test");
  BOOST_REQUIRE(again);
  BOOST_TEST(!*again);
  BOOST_TEST(set_of("ann@example.com", {kGlobal}) == "global");
}

BOOST_FIXTURE_TEST_CASE(who_opted_out_is_found_with_the_evidence, Initialised) {
  const OptOut ann = opt_out("ann@example.com", kGlobal);
  const auto recorded = store.record(ann);
  BOOST_REQUIRE(recorded);
  BOOST_TEST(*recorded == Recorded::added);

  const Spellings asked{{"ann@example.com"}};
  const auto answers = store.find({&asked, 1}, {&kGlobal, 1});
  BOOST_REQUIRE(answers);
  BOOST_REQUIRE(!answers->front().empty());
  BOOST_TEST((answers->front().front().set == kGlobal));
  BOOST_TEST(answers->front().front().member == "ann@example.com");
  BOOST_TEST((answers->front().front().evidence == ann.evidence));
}

BOOST_FIXTURE_TEST_CASE(nobody_else_is_found, Initialised) {
  BOOST_REQUIRE(store.record(opt_out("ann@example.com", kGlobal)));
  BOOST_TEST(set_of("bob@example.com", {kGlobal}) == "");
  BOOST_TEST(set_of("ann@example.org", {kGlobal}) == "");
}

BOOST_FIXTURE_TEST_CASE(OC_20_an_opt_out_from_one_list_leaves_the_others_alone, Initialised) {
  BOOST_REQUIRE(store.record(opt_out("ann@example.com", kNews)));
  BOOST_TEST(set_of("ann@example.com", {kNews}) == "list:news.example.com");
  BOOST_TEST(set_of("ann@example.com", {kOffers}) == "");
  BOOST_TEST(set_of("ann@example.com", {kGlobal, kOffers}) == "");
}

BOOST_FIXTURE_TEST_CASE(the_first_set_asked_for_is_the_one_that_is_named, Initialised) {
  BOOST_REQUIRE(store.record(opt_out("ann@example.com", kNews)));
  BOOST_REQUIRE(store.record(opt_out("ann@example.com", kGlobal)));
  BOOST_TEST(set_of("ann@example.com", {kGlobal, kNews}) == "global");
  BOOST_TEST(set_of("ann@example.com", {kNews, kGlobal}) == "list:news.example.com");
}

BOOST_FIXTURE_TEST_CASE(every_set_that_lists_somebody_is_named_once_in_the_order_asked,
                        Initialised) {
  BOOST_REQUIRE(store.record(opt_out("ann@example.com", kNews)));
  BOOST_REQUIRE(store.record(opt_out("ann@example.com", kGlobal)));
  BOOST_REQUIRE(store.record(opt_out("@example.com", kGlobal)));
  const Spellings asked{{"ann@example.com", "@example.com"}};
  const std::vector<SetName> sets{kNews, kBounce, kGlobal};
  const auto answers = store.find({&asked, 1}, sets);
  BOOST_REQUIRE(answers);
  BOOST_REQUIRE(answers->front().size() == 2u);
  BOOST_TEST((answers->front()[0].set == kNews));
  BOOST_TEST((answers->front()[1].set == kGlobal));
  BOOST_TEST(answers->front()[1].member == "ann@example.com");
}

BOOST_FIXTURE_TEST_CASE(AT_27_tenants_do_not_see_each_others_sets, Initialised) {
  const SetName ours("global", "acme");
  BOOST_REQUIRE(store.record(opt_out("ann@example.com", ours, "told acme")));
  BOOST_REQUIRE(store.record(opt_out("bob@example.com", kGlobal, "told us")));
  BOOST_TEST(set_of("ann@example.com", {ours}) == "global");
  BOOST_TEST(set_of("ann@example.com", {kGlobal, SetName("global", "other")}) == "");
  BOOST_TEST(set_of("bob@example.com", {ours}) == "");
  const std::vector<SetName> both{kGlobal, ours};
  BOOST_TEST(store.listings({{"ann@example.com"}}, both)->front().evidence->reason == "told acme");
  BOOST_TEST(store.listings({{"ann@example.com"}}, {&kGlobal, 1})->empty());
  BOOST_REQUIRE(*store.withdraw("ann@example.com", ours, "root", "asked"));
  BOOST_TEST(set_of("ann@example.com", {ours}) == "");
}

BOOST_FIXTURE_TEST_CASE(any_spelling_counts, Initialised) {
  BOOST_REQUIRE(store.record(opt_out("@example.com", kGlobal)));
  const Spellings asked{{"ann@example.com", "@example.com"}};
  const auto answers = store.find({&asked, 1}, {&kGlobal, 1});
  BOOST_REQUIRE(answers);
  BOOST_REQUIRE(!answers->front().empty());
  BOOST_TEST(answers->front().front().member == "@example.com");
}

BOOST_FIXTURE_TEST_CASE(many_are_answered_in_the_order_in_which_they_were_asked, Initialised) {
  std::vector<Spellings> asked;
  for (int i = 0; i < 3000; ++i) {
    asked.push_back({{"r" + std::to_string(i) + "@example.com", "@example.com"}});
    if (i % 7 == 0)
      test->add_as_others_do(asked.back().members.front(), i % 2 == 0 ? kGlobal : kNews);
  }
  const std::vector<SetName> sets{kNews, kGlobal, kBounce};
  const auto answers = store.find(asked, sets);
  BOOST_REQUIRE(answers);
  BOOST_REQUIRE(answers->size() == asked.size());
  for (std::size_t i = 0; i < asked.size(); ++i) {
    const auto& answer = (*answers)[i];
    BOOST_REQUIRE_EQUAL(!answer.empty(), i % 7 == 0);
    if (!answer.empty())
      BOOST_REQUIRE_EQUAL(answer.front().set.text(),
                          i % 2 == 0 ? "global" : "list:news.example.com");
  }
}

BOOST_FIXTURE_TEST_CASE(asking_about_nobody_or_in_no_set_is_fine, Initialised) {
  BOOST_TEST(store.find({}, {&kGlobal, 1})->empty());
  const Spellings ann{{"ann@example.com"}};
  const auto answers = store.find({&ann, 1}, {});
  BOOST_REQUIRE(answers);
  BOOST_TEST(answers->front().empty());
}

BOOST_FIXTURE_TEST_CASE(a_member_that_others_added_counts_and_has_no_evidence, Initialised) {
  test->add_as_others_do("ann@example.com", kGlobal);
  const Spellings asked{{"ann@example.com"}};
  const auto answers = store.find({&asked, 1}, {&kGlobal, 1});
  BOOST_REQUIRE(answers);
  BOOST_REQUIRE(!answers->front().empty());
  BOOST_TEST(!answers->front().front().evidence.has_value());
}

BOOST_FIXTURE_TEST_CASE(recording_again_is_harmless_and_the_earlier_evidence_stands, Initialised) {
  BOOST_REQUIRE(store.record(opt_out("ann@example.com", kGlobal, "first")));
  const auto again = store.record(opt_out("ann@example.com", kGlobal, "second"));
  BOOST_REQUIRE(again);
  BOOST_TEST(*again == Recorded::already_there);
  const auto known = store.listings({{"ann@example.com"}}, {});
  BOOST_REQUIRE(known);
  BOOST_REQUIRE(known->size() == 1u);
  BOOST_TEST(known->front().evidence->reason == "first");
}

BOOST_FIXTURE_TEST_CASE(evidence_is_added_to_a_member_that_others_added, Initialised) {
  test->add_as_others_do("ann@example.com", kGlobal);
  const auto recorded = store.record(opt_out("ann@example.com", kGlobal));
  BOOST_REQUIRE(recorded);
  BOOST_TEST(*recorded == Recorded::already_there);
  const auto known = store.listings({{"ann@example.com"}}, {});
  BOOST_REQUIRE(known);
  BOOST_TEST(known->front().evidence->reason == "asked by phone");
}

BOOST_FIXTURE_TEST_CASE(LG_14_an_expired_bounce_no_longer_counts, Initialised) {
  OptOut bounce = opt_out("ann@example.com", kBounce);
  bounce.evidence.expires = today() - days(1);
  BOOST_REQUIRE(store.record(bounce));
  BOOST_TEST(set_of("ann@example.com", {kBounce}) == "");
  BOOST_REQUIRE(store.record(opt_out("ann@example.com", kGlobal)));
  BOOST_TEST(set_of("ann@example.com", {kBounce, kGlobal}) == "global");
}

BOOST_FIXTURE_TEST_CASE(of_bounces_the_last_one_counts, Initialised) {
  OptOut bounce = opt_out("ann@example.com", kBounce);
  bounce.evidence.expires = today() - days(1);
  BOOST_REQUIRE(store.record(bounce));
  bounce.evidence.expires = today() + days(30);
  BOOST_REQUIRE(store.record(bounce));
  BOOST_TEST(set_of("ann@example.com", {kBounce}) == "bounce");
}

BOOST_FIXTURE_TEST_CASE(a_record_without_expiry_ends_an_expired_one, Initialised) {
  OptOut bounce = opt_out("ann@example.com", kBounce);
  bounce.evidence.expires = today() - days(1);
  BOOST_REQUIRE(store.record(bounce));
  bounce.evidence.expires.reset();
  BOOST_REQUIRE(store.record(bounce));
  BOOST_TEST(set_of("ann@example.com", {kBounce}) == "bounce");
}

BOOST_FIXTURE_TEST_CASE(who_is_withdrawn_from_one_set_stays_in_the_others, Initialised) {
  BOOST_REQUIRE(store.record(opt_out("ann@example.com", kGlobal)));
  BOOST_REQUIRE(store.record(opt_out("ann@example.com", kNews)));
  const auto withdrawn = store.withdraw("ann@example.com", kNews, "root", "subscribed again");
  BOOST_REQUIRE(withdrawn);
  BOOST_TEST(*withdrawn);
  BOOST_TEST(set_of("ann@example.com", {kNews}) == "");
  BOOST_TEST(set_of("ann@example.com", {kGlobal}) == "global");
}

BOOST_FIXTURE_TEST_CASE(withdrawing_who_is_not_there_says_so, Initialised) {
  const auto withdrawn = store.withdraw("ann@example.com", kGlobal, "root", "a mistake");
  BOOST_REQUIRE(withdrawn);
  BOOST_TEST(!*withdrawn);
}

BOOST_FIXTURE_TEST_CASE(all_that_is_known_of_a_recipient_names_every_set, Initialised) {
  BOOST_REQUIRE(store.record(opt_out("ann@example.com", kNews)));
  BOOST_REQUIRE(store.record(opt_out("@example.com", SetName("block"))));
  test->add_as_others_do("ann@example.com", SetName("complaint"));
  const auto known = store.listings({{"ann@example.com", "@example.com"}}, {});
  BOOST_REQUIRE(known);
  std::vector<std::string> sets;
  for (const Listing& listing : *known)
    sets.push_back(listing.member + " " + std::string(listing.set.text()));
  std::sort(sets.begin(), sets.end());
  const std::vector<std::string> expected{"@example.com block", "ann@example.com complaint",
                                          "ann@example.com list:news.example.com"};
  BOOST_TEST(sets == expected, boost::test_tools::per_element());
}

BOOST_FIXTURE_TEST_CASE(AD_24_members_are_octets_not_patterns_or_commands, Initialised) {
  for (const std::string& member :
       {std::string("\"a b\r\nFLUSHALL\r\n\"@example.com"), std::string("%s%n@example.com"),
        std::string("*@example.com"), std::string("nul\0x@example.com", 17),
        std::string("\xff\xfe@example.com")}) {
    BOOST_REQUIRE(store.record(opt_out(member, kGlobal)));
    BOOST_TEST(set_of(member, {kGlobal}) == "global");
  }
  BOOST_TEST(set_of("ann@example.com", {kGlobal}) == "");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace optout

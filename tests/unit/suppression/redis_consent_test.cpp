// Withdrawals as they stand in Redis, for administrators and auditors to read.

#include "redis/client.h"
#include "redis_under_test.h"
#include "suppression/redis_store.h"

#include <boost/test/unit_test.hpp>

namespace optout {

std::ostream& boost_test_print_type(std::ostream& out, Recorded recorded);

namespace {

using test::shared_redis;

const SetName kGlobal = SetName::global();

struct Fresh {
  Fresh() {
    shared_redis().cli({"FLUSHALL"});
    BOOST_REQUIRE(store->init("test"));
  }

  static RedisOptions options() {
    RedisOptions options;
    options.address.path = shared_redis().socket();
    options.timeout = std::chrono::seconds(20);
    return options;
  }

  // As asked for by a token of 1 November 2026.
  Recorded record_old_request() {
    Evidence evidence;
    evidence.since = *parse_instant("2026-11-25");
    evidence.source = Source::reply;
    evidence.by = "optout-milter";
    evidence.from = "ann@example.com";
    evidence.token_key = 3;
    const auto recorded = store->record(
        {.member = "ann@example.com",
         .set = kGlobal,
         .evidence = evidence,
         .asked = std::chrono::floor<std::chrono::days>(*parse_instant("2026-11-01"))});
    BOOST_REQUIRE(recorded);
    return *recorded;
  }

  std::unique_ptr<redis::Executor> client = redis::make_client(options());
  std::unique_ptr<SuppressionStore> store = make_redis_store(*client, "optout:", {});
};

std::string last_event() {
  const std::string event =
      shared_redis().cli({"XREVRANGE", "optout:events", "+", "-", "COUNT", "1"});
  return event.substr(event.find('\n') + 1);  // without its id
}

const char* const kEntry = "optout:entry:ann@example.com";

}  // namespace

BOOST_AUTO_TEST_SUITE(redis_consent)

BOOST_FIXTURE_TEST_CASE(a_withdrawal_takes_the_place_of_the_evidence, Fresh) {
  BOOST_REQUIRE(store->record({"ann@example.com", kGlobal, {}}));
  BOOST_REQUIRE(*store->withdraw("ann@example.com", kGlobal, "root", "asked to come back"));
  BOOST_TEST(shared_redis().cli({"HKEYS", kEntry}) == "withdrawn:global");
  const std::string record = shared_redis().cli({"HGET", kEntry, "withdrawn:global"});
  BOOST_TEST(record.starts_with("since=2"), record);
  BOOST_TEST(record.ends_with("Z by=root reason=asked%20to%20come%20back"), record);
  BOOST_TEST(shared_redis().cli({"TTL", kEntry}) == "-1");
}

// LG-16: what was not done is on record, too.
BOOST_FIXTURE_TEST_CASE(AT_05_a_request_that_is_outranked_leaves_an_event_that_says_why, Fresh) {
  shared_redis().cli({"HSET", kEntry, "withdrawn:global", "since=2026-11-20T23:59:59Z by=root"});
  BOOST_TEST(record_old_request() == Recorded::outranked);
  BOOST_TEST(last_event() ==
             "action\nignored\nmember\nann@example.com\nset\nglobal\nby\noptout-milter\n"
             "because\nwithdrawn on 2026-11-20, token of 2026-11-01\n"
             "record\nsince=2026-11-25T00:00:00Z source=reply by=optout-milter "
             "from=ann@example.com token_key=3");
  BOOST_TEST(shared_redis().cli({"EXISTS", "optout:set:global"}) == "0");
  BOOST_TEST(shared_redis().cli({"HLEN", kEntry}) == "1");
}

// Else whoever has one old token could push everything else out of the events.
BOOST_FIXTURE_TEST_CASE(AT_29_the_same_old_request_again_is_no_news, Fresh) {
  shared_redis().cli({"HSET", kEntry, "withdrawn:global", "since=2026-11-20T23:59:59Z by=root"});
  record_old_request();
  const std::string before = shared_redis().cli({"XLEN", "optout:events"});
  for (int i = 0; i < 3; ++i)
    BOOST_TEST(record_old_request() == Recorded::outranked);
  BOOST_TEST(shared_redis().cli({"XLEN", "optout:events"}) == before);
  BOOST_TEST(shared_redis().cli({"HGET", kEntry, "withdrawn:global"}) ==
             "since=2026-11-20T23:59:59Z by=root ignored=2026-11-01");
}

BOOST_FIXTURE_TEST_CASE(of_the_same_day_the_opt_out_counts_to_the_last_second, Fresh) {
  shared_redis().cli({"HSET", kEntry, "withdrawn:global", "since=2026-11-01T23:59:59Z"});
  BOOST_TEST(record_old_request() == Recorded::added);
}

BOOST_FIXTURE_TEST_CASE(the_day_after_begins_at_midnight, Fresh) {
  shared_redis().cli({"HSET", kEntry, "withdrawn:global", "since=2026-11-02T00:00:00Z"});
  BOOST_TEST(record_old_request() == Recorded::outranked);
}

BOOST_FIXTURE_TEST_CASE(a_withdrawal_that_cannot_be_read_outranks_nothing, Fresh) {
  for (const char* record : {"", "spilled", "since=tomorrow", "by=root"}) {
    shared_redis().cli({"DEL", "optout:set:global", kEntry});
    shared_redis().cli({"HSET", kEntry, "withdrawn:global", record});
    BOOST_TEST(record_old_request() == Recorded::added, record);
  }
}

BOOST_FIXTURE_TEST_CASE(texts_from_outside_are_bounded_in_evidence_and_events, Fresh) {
  const std::string endless(1 << 20, '\xFF');
  Evidence evidence;
  evidence.since = *parse_instant("2026-11-25");
  evidence.by = evidence.reason = evidence.message_id = evidence.from = evidence.list = endless;
  BOOST_REQUIRE(store->record({"ann@example.com", kGlobal, evidence}));
  BOOST_TEST(shared_redis().cli({"HGET", kEntry, "global"}).size() < 16'000u);
  BOOST_TEST(last_event().size() < 20'000u);
  BOOST_REQUIRE(*store->withdraw("ann@example.com", kGlobal, endless, endless));
  BOOST_TEST(shared_redis().cli({"HGET", kEntry, "withdrawn:global"}).size() < 7'000u);
  BOOST_TEST(last_event().size() < 20'000u);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace optout

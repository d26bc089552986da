// Counting people in Redis: exactly while they are few, nearly so beyond, and never one twice.

#include "guard/tally.h"

#include "redis_of_guard.h"

namespace optout {
namespace {

using std::chrono::hours;
using test::FreshRedis;
using test::people;

constexpr Stamp kNow = 1'795'000'000'000'000;
constexpr Stamp kMinute = 60'000'000;

struct Counted : FreshRedis {
  Tally few = tally_of("few", hours(1), 500);
  Tally many = tally_of("many", hours(24), 50'000);

  TallyReading add(const Tally& tally, const std::vector<Person>& some, Stamp now = kNow) {
    redis::Commands commands;
    ask_tally(commands, tally, some, now);
    const auto replies = redis->run(commands, redis->deadline(), redis::Executor::Repeat::no);
    BOOST_REQUIRE(replies);
    std::span<const redis::Reply> rest(*replies);
    const auto reading = read_tally(rest, tally, some);
    BOOST_REQUIRE(reading);
    BOOST_TEST(rest.empty());
    return *reading;
  }
  std::uint64_t count(const Tally& tally, Stamp now = kNow) { return add(tally, {}, now).people; }
  void run(const redis::Commands& commands) {
    if (!commands.empty())
      BOOST_REQUIRE(redis->run(commands, redis->deadline(), redis::Executor::Repeat::no));
  }
};

bool is_within_a_percent(std::uint64_t found, std::uint64_t true_number) {
  const auto off = found > true_number ? found - true_number : true_number - found;
  return off * 100 <= true_number;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(tally)

BOOST_FIXTURE_TEST_CASE(few_are_counted_to_the_last_one, Counted) {
  for (std::uint64_t i = 0; i < 500; ++i)
    BOOST_TEST(add(few, people(1, i)).people == i + 1);
}

BOOST_FIXTURE_TEST_CASE(nobody_counts_twice, Counted) {
  for (const Tally& tally : {few, many}) {
    add(tally, people(100));
    BOOST_TEST(add(tally, people(100), kNow + 1).people == 100U);
    BOOST_TEST(add(tally, people(60, 50), kNow + 2).people == 110U);
  }
}

BOOST_FIXTURE_TEST_CASE(many_are_counted_within_a_percent, Counted) {
  std::uint64_t next = 0;
  for (const std::uint64_t in_all : {1'000U, 2'000U, 5'000U, 10'000U, 20'000U, 50'000U}) {
    for (; next < in_all; next += 500)
      add(many, people(500, next));
    BOOST_TEST(is_within_a_percent(count(many), in_all),
               in_all << " people were counted as " << count(many));
  }
}

BOOST_FIXTURE_TEST_CASE(memory_does_not_grow_with_them, Counted) {
  const auto octets = [](const std::string& key) {
    return std::stoull("0" + test::shared_redis().cli({"STRLEN", key}));
  };
  for (std::uint64_t next = 0; next < 50'000; next += 1'000)
    add(many, people(1'000, next));
  for (const std::string& key : keys_of(many, kNow))
    BOOST_TEST(octets(key) <= 8'192U);
}

BOOST_FIXTURE_TEST_CASE(no_more_than_needed_are_remembered, Counted) {
  BOOST_TEST(add(few, people(20'000)).people == 501U);
}

BOOST_FIXTURE_TEST_CASE(a_few_leave_the_window_one_after_the_other, Counted) {
  add(few, people(1, 1), kNow);
  add(few, people(1, 2), kNow + 30 * kMinute);
  BOOST_TEST(count(few, kNow + 60 * kMinute - 1) == 2U);
  BOOST_TEST(count(few, kNow + 60 * kMinute) == 1U);
  BOOST_TEST(count(few, kNow + 90 * kMinute) == 0U);
}

BOOST_FIXTURE_TEST_CASE(whoever_is_mailed_again_stays, Counted) {
  add(few, people(1), kNow);
  add(few, people(1), kNow + 30 * kMinute);
  BOOST_TEST(count(few, kNow + 89 * kMinute) == 1U);
}

BOOST_FIXTURE_TEST_CASE(many_count_for_half_the_window_at_least_and_all_of_it_at_most, Counted) {
  const Stamp half = 12 * 60 * kMinute;
  const Stamp begin = kNow / half * half;  // of a half
  add(many, people(2'000), begin + half - 1);
  BOOST_TEST(count(many, begin + 2 * half - 1) > 1'900U);
  BOOST_TEST(count(many, begin + 2 * half) == 0U);
}

BOOST_FIXTURE_TEST_CASE(what_a_message_added_can_be_taken_off_again, Counted) {
  for (const Tally& tally : {few, many}) {
    add(tally, people(100));
    const TallyReading added = add(tally, people(50, 100), kNow + 5);
    redis::Commands commands;
    ask_to_undo(commands, tally, added, kNow + 5);
    run(commands);
    BOOST_TEST(count(tally, kNow + 6) == 100U);
  }
}

BOOST_FIXTURE_TEST_CASE(an_estimate_keeps_those_who_were_there_before, Counted) {
  add(many, people(100));
  const TallyReading added = add(many, people(100), kNow + 5);
  redis::Commands commands;
  ask_to_undo(commands, many, added, kNow + 5);
  run(commands);
  BOOST_TEST(count(many, kNow + 6) == 100U);
}

BOOST_FIXTURE_TEST_CASE(some_can_be_taken_off, Counted) {
  for (const Tally& tally : {few, many}) {
    const TallyReading added = add(tally, people(100));
    redis::Commands commands;
    ask_to_take_off(commands, tally, added, people(10), kNow);
    run(commands);
    BOOST_TEST(count(tally) == 90U);
  }
}

BOOST_FIXTURE_TEST_CASE(everything_expires, Counted) {
  add(few, people(10));
  add(many, people(10));
  auto keys = keys_of(many, kNow);
  keys.push_back("few");
  for (const std::string& key : keys) {
    const int seconds = std::stoi(test::shared_redis().cli({"TTL", key}));
    BOOST_TEST(seconds > 0, key << " never expires");
  }
}

BOOST_FIXTURE_TEST_CASE(a_key_of_another_type_is_an_error_and_no_number, Counted) {
  test::shared_redis().cli({"SADD", "few", "x"});
  redis::Commands commands;
  ask_tally(commands, few, people(1), kNow);
  const auto replies = redis->run(commands, redis->deadline(), redis::Executor::Repeat::no);
  BOOST_REQUIRE(replies);
  std::span<const redis::Reply> rest(*replies);
  const auto reading = read_tally(rest, few, people(1));
  BOOST_REQUIRE(!reading);
  BOOST_TEST((reading.error().fault == Fault::wrong_type));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace optout

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
    const Addition addition{.stamp = now, .people = some};
    return add_all(tally, std::span(&addition, 1), now).front();
  }
  std::vector<TallyReading> add_all(const Tally& tally, std::span<const Addition> additions,
                                    Stamp now) {
    redis::Commands commands;
    ask_tally(commands, tally, additions, now);
    const auto replies = redis->run(commands, redis->deadline(), redis::Executor::Repeat::no);
    BOOST_REQUIRE(replies);
    std::span<const redis::Reply> rest(*replies);
    const auto readings = read_tally(rest, tally, additions);
    BOOST_REQUIRE(readings);
    BOOST_TEST(rest.empty());
    return readings->of;
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

// Redis may serve another relay between two of our commands.
BOOST_FIXTURE_TEST_CASE(what_others_add_behind_a_message_is_none_of_its_business, Counted) {
  const auto first = people(2);
  const auto second = people(3, 2);
  const Addition additions[] = {{.stamp = kNow, .people = first},
                                {.stamp = kNow, .people = second}};
  const redis::Reply nobody_yet{std::vector<redis::Reply>(2)};
  const std::vector<redis::Reply> replies{redis::Reply(0),
                                          nobody_yet,
                                          redis::Reply(2),
                                          redis::Reply(2),
                                          redis::Reply(std::vector<redis::Reply>(3)),
                                          redis::Reply(3),
                                          redis::Reply(1'005),
                                          redis::Reply(1)};
  std::span<const redis::Reply> rest(replies);
  const auto readings = read_tally(rest, few, additions);
  BOOST_REQUIRE(readings);
  BOOST_TEST(readings->of[0].people == 2U);
  BOOST_TEST(readings->of[1].people == 1'005U);
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
  for (std::uint64_t next = 0; next < 50'000; next += 1'000)
    add(many, people(1'000, next));
  BOOST_TEST(std::stoull(test::shared_redis().cli({"STRLEN", many.key})) <= 8'192U + 24U);
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

BOOST_FIXTURE_TEST_CASE(a_window_of_many_begins_with_the_first_and_is_not_prolonged, Counted) {
  add(many, people(1));
  BOOST_TEST(std::stoi(test::shared_redis().cli({"TTL", many.key})) > 23 * 3600);
  test::shared_redis().cli({"EXPIRE", many.key, "1000"});
  add(many, people(1, 1));
  BOOST_TEST(std::stoi(test::shared_redis().cli({"TTL", many.key})) <= 1000);
}

BOOST_FIXTURE_TEST_CASE(messages_of_one_batch_are_counted_one_after_the_other, Counted) {
  const auto ann = people(100);
  const auto bob = people(60, 50);
  const Addition both[] = {{.stamp = kNow, .people = ann}, {.stamp = kNow + 1, .people = bob}};
  for (const Tally& tally : {few, many}) {
    const auto readings = add_all(tally, both, kNow);
    BOOST_REQUIRE(readings.size() == 2U);
    BOOST_TEST(readings[0].people == 100U);  // each with those before it
    BOOST_TEST(readings[1].people == 110U);
  }
  const auto readings = add_all(many, both, kNow);
  BOOST_TEST(readings[0].newly_set.empty());
  const auto anew = add_all(tally_of("other", hours(24), 50'000), both, kNow);
  BOOST_TEST(anew[0].newly_set.size() == 100U);
  BOOST_TEST(anew[1].newly_set.size() == 10U);
}

BOOST_FIXTURE_TEST_CASE(what_a_message_added_can_be_taken_off_again, Counted) {
  for (const Tally& tally : {few, many}) {
    add(tally, people(100));
    const TallyReading added = add(tally, people(50, 100), kNow + 5);
    redis::Commands commands;
    ask_to_undo(commands, tally, added, people(50, 100), kNow);
    run(commands);
    BOOST_TEST(count(tally, kNow + 6) == 100U);
  }
}

BOOST_FIXTURE_TEST_CASE(undoing_in_a_window_that_has_passed_leaves_nothing_for_ever, Counted) {
  const TallyReading added = add(many, people(5));
  test::shared_redis().cli({"DEL", many.key});
  redis::Commands commands;
  ask_to_undo(commands, many, added, people(5), kNow);
  run(commands);
  BOOST_TEST(std::stoi(test::shared_redis().cli({"TTL", many.key})) > 0);
}

BOOST_FIXTURE_TEST_CASE(who_was_mailed_before_stays_where_a_message_is_undone, Counted) {
  for (const Tally& tally : {few, many}) {
    add(tally, people(100));
    const auto all = people(150);
    const TallyReading added = add(tally, all, kNow + 5);
    redis::Commands commands;
    ask_to_undo(commands, tally, added, all, kNow);
    run(commands);
    BOOST_TEST(count(tally, kNow + 6) == 100U);
  }
  BOOST_TEST(count(few, kNow + 60 * kMinute) == 0U);  // as of when they were mailed
}

BOOST_FIXTURE_TEST_CASE(everything_expires, Counted) {
  add(few, people(10));
  add(many, people(10));
  for (const std::string& key : {few.key, many.key}) {
    const int seconds = std::stoi(test::shared_redis().cli({"TTL", key}));
    BOOST_TEST(seconds > 0, key << " never expires");
  }
}

BOOST_FIXTURE_TEST_CASE(a_limit_of_another_size_has_a_key_of_its_own, Counted) {
  BOOST_TEST(tally_of("k", hours(1), 500).key == tally_of("k", hours(1), 1'000).key);
  BOOST_TEST(tally_of("k", hours(1), 500).key != tally_of("k", hours(1), 5'000).key);
  BOOST_TEST(tally_of("k", hours(1), 5'000).key != tally_of("k", hours(1), 5'000'000).key);
}

BOOST_FIXTURE_TEST_CASE(a_key_of_another_type_is_an_error_and_no_number, Counted) {
  test::shared_redis().cli({"SADD", "few", "x"});
  const auto one = people(1);
  const Addition addition{.stamp = kNow, .people = one};
  redis::Commands commands;
  ask_tally(commands, few, {&addition, 1}, kNow);
  const auto replies = redis->run(commands, redis->deadline(), redis::Executor::Repeat::no);
  BOOST_REQUIRE(replies);
  std::span<const redis::Reply> rest(*replies);
  const auto reading = read_tally(rest, few, {&addition, 1});
  BOOST_REQUIRE(!reading);
  BOOST_TEST((reading.error().fault == Fault::wrong_type));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace optout

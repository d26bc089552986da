// What is not counted while it cannot matter, and that it is counted as soon as it can.

#include "redis_of_guard.h"

#include <atomic>
#include <chrono>
#include <thread>
#include <utility>

namespace optout {
namespace {

using test::FreshRedis;
using test::people;
using test::shared_redis;

const Limit kMany{.kind = LimitKind::recipients,
                  .most = 10'000,
                  .window = std::chrono::hours(24),
                  .then = Step::hold};
const Limit kShare{.kind = LimitKind::opted_out,
                   .most = 50,
                   .percent = 20,
                   .window = std::chrono::hours(1),
                   .then = Step::hold};

// How often Redis was asked to carry out a command, all relays together.
std::uint64_t calls(const std::string& command) {
  const std::string all = shared_redis().cli({"INFO", "commandstats"});
  const auto at = all.find("cmdstat_" + command + ":calls=");
  return at == std::string::npos ? 0 : std::stoull(all.substr(all.find('=', at) + 1));
}

struct Relay {
  explicit Relay(std::string name) : guard(test::client(), "optout:", {}, std::move(name)) {}

  bool passes(std::vector<Person> to, std::vector<Person> opted_out = {}) {
    GuardCheck check(guard, guard.plan({.name = "auth:crm", .limits = limits}),
                     {.print = 1, .id = "4TbX1"}, false);
    check.ask(std::move(to), std::move(opted_out));
    check.ask_alone();
    const auto verdict = check.answer();
    BOOST_REQUIRE(verdict);
    check.put_down(*verdict, true);
    return !verdict->stops();
  }

  Guard guard;
  Limits limits{kMany, kShare};
};

struct Relays : FreshRedis {
  Relays() { shared_redis().cli({"CONFIG", "RESETSTAT"}); }
  Relay here{"mx1"};
  Relay there{"mx2"};
};

int seconds_left(const std::string& key) {
  return std::stoi(shared_redis().cli({"TTL", key}));
}

const std::string kTally = "optout:guard:count:auth:crm:recipients/1d~65536";
const std::string kShareKey = "optout:guard:count:auth:crm:opted_out/1h";
const std::string kPassed = "optout:guard:passed:auth:crm";

}  // namespace

BOOST_AUTO_TEST_SUITE(beliefs)

BOOST_FIXTURE_TEST_CASE(far_from_its_limits_a_sender_is_not_counted_with_each_message, Relays) {
  const auto begun = std::chrono::steady_clock::now();
  for (std::uint64_t i = 0; i < 200; ++i)
    BOOST_TEST(here.passes(people(1, i)));
  const auto lasted =
      std::chrono::ceil<std::chrono::seconds>(std::chrono::steady_clock::now() - begun);
  BOOST_TEST(calls("bitcount") == 3U);  // with the first message: one row, and two
  BOOST_TEST(calls("expire") == 1U);    // of what has passed
  BOOST_TEST(calls("set") == 2U);
  BOOST_TEST(calls("time") <= 1U + static_cast<std::uint64_t>(lasted.count()));
}

BOOST_FIXTURE_TEST_CASE(near_its_limit_it_is_counted_and_stopped_where_it_should_be, Relays) {
  std::uint64_t passed = 0;
  for (std::uint64_t i = 0; i < 11'000; i += 100) {
    if (here.passes(people(100, i))) passed += 100;
  }
  BOOST_TEST(passed >= 9'900U);
  BOOST_TEST(passed <= 10'100U);
}

BOOST_FIXTURE_TEST_CASE(what_another_relay_lets_through_meanwhile_is_not_overlooked, Relays) {
  BOOST_TEST(here.passes(people(1)));
  for (std::uint64_t i = 0; i < 9'800; i += 100)
    BOOST_REQUIRE(there.passes(people(100, i)));
  BOOST_TEST(!here.passes(people(400, 20'000)));
}

// Redis serves others between the commands of one question: whoever is in between must not hear of
// bits that are not set yet.
BOOST_FIXTURE_TEST_CASE(of_a_large_message_nobody_hears_more_than_is_counted, Relays) {
  const Tally tally = estimated("large", std::chrono::hours(24), 1'000'000);
  std::atomic<bool> over = false;
  std::thread other([&] {
    const auto client = test::client();
    for (std::uint64_t i = 0; i < 40; ++i) {
      const auto whom = people(4'900, 10'000 * i);
      const Addition addition{.stamp = 1, .people = whom};
      redis::Commands question;
      ask_tally(question, tally, {&addition, 1}, 1);
      if (!client->run(question, client->deadline(), redis::Executor::Repeat::no)) break;
    }
    over = true;
  });
  for (std::uint64_t i = 0; !over; ++i) {
    const auto whom = people(1, 1'000'000 + i);
    const Addition addition{.stamp = 1, .people = whom};
    redis::Commands question;
    ask_tally(question, tally, {&addition, 1}, 1);
    const auto replies = redis->run(question, redis->deadline(), redis::Executor::Repeat::no);
    BOOST_REQUIRE(replies);
    std::span<const redis::Reply> rest(*replies);
    const auto readings = read_tally(rest, tally, {&addition, 1});
    BOOST_REQUIRE(readings);
    BOOST_REQUIRE(readings->belief);
    const std::uint64_t counted = readings->of.front().people;  // within a percent
    const std::uint64_t heard = readings->belief->latest.first;
    BOOST_TEST(heard <= counted + counted / 20 + 100);
  }
  other.join();
}

BOOST_FIXTURE_TEST_CASE(a_redis_that_was_started_from_an_older_copy_is_counted, Relays) {
  here.limits = there.limits = {kMany};
  for (int i = 0; i < 70; ++i)  // so that they were counted in between
    BOOST_REQUIRE(here.passes(people(100)));
  // As it was before most of them were asked for.
  shared_redis().cli({"BITFIELD", kTally, "SET", "u63", "65", "100"});
  for (std::uint64_t i = 1'000; i < 9'800; i += 200)
    BOOST_REQUIRE(here.passes(people(200, i)));
  BOOST_TEST(!here.passes(people(1'500, 20'000)));
}

BOOST_FIXTURE_TEST_CASE(what_has_passed_is_kept_no_longer_where_somebody_was_left_out, Relays) {
  GuardCheck check(here.guard, here.guard.plan({.name = "auth:crm", .limits = here.limits}),
                   {.id = "4TbX1"}, false);
  const auto two = people(2);
  check.ask(two);
  check.ask_alone();
  check.leave_out(std::span(two).first(1));
  const auto verdict = check.answer();
  BOOST_REQUIRE(verdict);
  check.put_down(*verdict, true);
  BOOST_TEST(seconds_left(kPassed) > 0);
}

BOOST_FIXTURE_TEST_CASE(people_who_are_mailed_again_and_again_bring_nobody_to_a_limit, Relays) {
  for (int i = 0; i < 150; ++i)
    BOOST_TEST(here.passes(people(100)));
}

BOOST_FIXTURE_TEST_CASE(a_stale_list_is_noticed_by_a_relay_that_has_believed_the_best, Relays) {
  here.limits = there.limits = {kShare};
  BOOST_TEST(here.passes(people(100)));
  BOOST_REQUIRE(there.passes(people(20, 100), people(20, 1'000)));
  BOOST_TEST(!here.passes(people(1, 200), people(20, 2'000)));
}

BOOST_FIXTURE_TEST_CASE(what_was_deleted_meanwhile_begins_anew_and_ends, Relays) {
  BOOST_TEST(here.passes(people(100)));
  shared_redis().cli({"DEL", kTally, kShareKey, kPassed});
  BOOST_TEST(here.passes(people(1)));
  for (const std::string& key : {kTally, kShareKey, kPassed})
    BOOST_TEST(seconds_left(key) > 0, key << " never expires");
  BOOST_TEST(here.passes(people(1)));
  BOOST_TEST(shared_redis().cli({"BITCOUNT", kTally, "24", "-1"}) == "1");
}

BOOST_FIXTURE_TEST_CASE(another_window_is_another_count, Relays) {
  for (std::uint64_t i = 0; i < 9'000; i += 100)
    BOOST_REQUIRE(here.passes(people(100, i)));
  shared_redis().cli({"DEL", kTally, kShareKey});  // as if it had passed
  BOOST_TEST(there.passes(people(1)));
  for (std::uint64_t i = 20'000; i < 29'000; i += 100)
    BOOST_REQUIRE(here.passes(people(100, i)));
}

BOOST_FIXTURE_TEST_CASE(of_what_has_passed_no_more_is_kept_than_is_told, Relays) {
  for (int i = 0; i < 3'000; ++i)
    BOOST_REQUIRE(here.passes(people(1)));
  BOOST_TEST(std::stoi(shared_redis().cli({"LLEN", kPassed})) <= 1'500);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace optout

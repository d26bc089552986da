// One message on its way past the guard, against a real Redis.

#include "guard/guard_batch.h"
#include "redis_of_guard.h"

#include <algorithm>
#include <memory>
#include <sstream>
#include <utility>

namespace optout {
namespace {

using test::FreshRedis;
using test::people;
using test::shared_redis;

const Limit kHour{.kind = LimitKind::recipients,
                  .most = 500,
                  .window = std::chrono::hours(1),
                  .then = Step::hold};
const Limit kDay{.kind = LimitKind::recipients,
                 .most = 5000,
                 .window = std::chrono::hours(24),
                 .then = Step::reject};
const Limit kShare{.kind = LimitKind::opted_out,
                   .most = 50,
                   .percent = 20,
                   .window = std::chrono::hours(1),
                   .then = Step::hold};
const Limit kSame{.kind = LimitKind::same_message,
                  .most = 20,
                  .window = std::chrono::hours(1),
                  .without_list_unsubscribe = true,
                  .then = Step::reject};

const std::string kHourTally = "optout:guard:count:auth:crm:recipients/1h";

struct Guarded : FreshRedis {
  Guard guard{redis, "optout:", GuardOptions{}, "mx1"};
  Limits limits{kHour};
  std::string sender = "auth:crm";
  GuardedMessage message{.print = 1, .id = "4TbX1"};
  bool monitored = false;
  std::vector<TripNote> trips;
  std::vector<WarningNote> warnings;

  GuardVerdict mail(std::vector<Person> to, std::vector<Person> opted_out = {}) {
    GuardCheck check(guard, guard.plan({.name = sender, .limits = limits}), message, monitored);
    check.ask(std::move(to), std::move(opted_out));
    check.ask_alone();
    const auto verdict = check.answer();
    BOOST_REQUIRE_MESSAGE(verdict, (verdict ? "" : verdict.error().detail));
    check.put_down(*verdict, true);
    BOOST_TEST(!check.trouble().has_value());
    trips = check.trips();
    warnings = check.warnings();
    return *verdict;
  }
  bool passes(std::vector<Person> to) { return !mail(std::move(to)).stops(); }
  std::string event(const std::string& field) {
    const std::string last =
        shared_redis().cli({"XREVRANGE", "optout:events", "+", "-", "COUNT", "1"});
    const auto at = last.find("\n" + field + "\n");
    if (at == std::string::npos) return {};
    const auto begin = at + field.size() + 2;
    return last.substr(begin, last.find('\n', begin) - begin);
  }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(guard_check)

BOOST_FIXTURE_TEST_CASE(as_many_as_allowed_pass_and_not_one_more, Guarded) {
  for (std::uint64_t i = 0; i < 500; ++i)
    BOOST_TEST(passes(people(1, i)), "number " << i + 1);
  for (std::uint64_t i = 500; i < 520; ++i)
    BOOST_TEST(!passes(people(1, i)), "number " << i + 1);
}

BOOST_FIXTURE_TEST_CASE(a_message_that_is_too_big_is_stopped_as_a_whole, Guarded) {
  BOOST_TEST(passes(people(400)));
  BOOST_TEST(!passes(people(200, 400)));
}

BOOST_FIXTURE_TEST_CASE(ten_messages_of_a_hundred_pass_while_there_is_room_for_all_of_one,
                        Guarded) {
  for (std::uint64_t i = 0; i < 10; ++i)
    BOOST_TEST(passes(people(100, i * 100)) == (i < 5));
}

BOOST_FIXTURE_TEST_CASE(a_message_that_is_tried_again_counts_nobody_twice, Guarded) {
  for (int i = 0; i < 10; ++i)
    BOOST_TEST(passes(people(500)));
}

BOOST_FIXTURE_TEST_CASE(a_trip_lasts_for_everybody_even_for_those_who_were_mailed, Guarded) {
  passes(people(500));
  BOOST_TEST(!passes(people(1, 500)));
  BOOST_TEST(!passes(people(1)));
}

BOOST_FIXTURE_TEST_CASE(others_are_not_touched, Guarded) {
  BOOST_TEST(!passes(people(501)));
  sender = "auth:shop";
  BOOST_TEST(passes(people(500)));
}

BOOST_FIXTURE_TEST_CASE(a_trip_is_told_once_with_the_mail_that_had_gone_out, Guarded) {
  message.id = "4TbX1";
  passes(people(300));
  message.id = "4TbX2";
  passes(people(200, 300));
  message.id = "4TbX3";
  passes(people(1, 500));
  BOOST_REQUIRE(trips.size() == 1U);
  BOOST_TEST(trips[0].limit == "recipients/1h");
  BOOST_TEST(trips[0].trip.count == 501U);
  BOOST_TEST(trips[0].passed_in_all == 2U);
  const std::vector<std::string> named{"mx1/4TbX2", "mx1/4TbX1"};
  BOOST_TEST(trips[0].passed == named, boost::test_tools::per_element());
  BOOST_TEST(event("action") == "trip");
  BOOST_TEST(event("sender") == "auth:crm");
  BOOST_TEST(event("messages") == "mx1/4TbX2 mx1/4TbX1");

  message.id = "4TbX4";
  passes(people(1, 501));
  BOOST_TEST(trips.empty());
  BOOST_TEST(shared_redis().cli({"XLEN", "optout:events"}) == "1");
}

BOOST_FIXTURE_TEST_CASE(mail_that_was_stopped_does_not_keep_its_sender_over_the_limit, Guarded) {
  passes(people(500));
  for (std::uint64_t i = 500; i < 600; ++i)
    passes(people(1, i));  // and would be tried again and again
  // As if the window had passed: the trip is over, and so are those who were mailed before it.
  shared_redis().cli({"HSET", "optout:guard:state:auth:crm", "trip:recipients/1h", "until=1"});
  BOOST_TEST(shared_redis().cli({"ZCARD", kHourTally}) == "500");
  shared_redis().cli({"DEL", kHourTally});
  BOOST_TEST(passes(people(500, 500)));
  BOOST_TEST(!passes(people(1, 1'000)));
  BOOST_TEST(trips.size() == 1U);  // told anew
}

BOOST_FIXTURE_TEST_CASE(the_shorter_window_takes_nothing_off_the_longer_one, Guarded) {
  limits = {kHour,
            {.kind = LimitKind::recipients,
             .most = 600,
             .window = std::chrono::hours(24),
             .then = Step::reject}};
  passes(people(500));
  BOOST_TEST((mail(people(1, 500)).step == Step::hold));
  shared_redis().cli({"HDEL", "optout:guard:state:auth:crm", "trip:recipients/1h"});
  shared_redis().cli({"DEL", kHourTally});
  BOOST_TEST(passes(people(100, 500)));
  const GuardVerdict verdict = mail(people(1, 600));
  BOOST_TEST((verdict.step == Step::reject));
}

BOOST_FIXTURE_TEST_CASE(large_limits_hold_within_a_percent, Guarded) {
  limits = {kDay};
  std::uint64_t passed = 0;
  for (std::uint64_t i = 0; i < 60; ++i)
    passed += passes(people(100, i * 100)) ? 100 : 0;
  BOOST_TEST(passed >= 4'900U);
  BOOST_TEST(passed <= 5'050U);
}

BOOST_FIXTURE_TEST_CASE(a_share_trips_at_the_floor_and_not_before, Guarded) {
  limits = {kShare};
  for (std::uint64_t i = 0; i < 48; i += 4) {
    const GuardVerdict verdict = mail(people(3, i), people(1, i + 3));  // a quarter
    BOOST_TEST(!verdict.stops(), "after " << i + 4);
  }
  BOOST_TEST(!mail(people(1, 48)).stops());
  const GuardVerdict verdict = mail(people(1, 49));
  BOOST_TEST(verdict.stops());
  BOOST_REQUIRE(trips.size() == 1U);
  BOOST_TEST(trips[0].trip.count == 12U);
  BOOST_TEST(trips[0].trip.of == 50U);
}

BOOST_FIXTURE_TEST_CASE(people_found_to_have_opted_out_are_left_out, Guarded) {
  limits = {kHour, kShare};
  GuardCheck check(guard, guard.plan({.name = sender, .limits = limits}), message, false);
  check.ask(people(100));
  check.ask_alone();
  check.leave_out(people(30));
  const auto verdict = check.answer();
  BOOST_REQUIRE(verdict);
  BOOST_TEST(check.standing(0).people == 70U);
  BOOST_TEST(check.standing(1).people >= 99U);  // estimated
  BOOST_TEST(check.standing(1).opted_out == 30U);
  BOOST_TEST(verdict->stops());
}

BOOST_FIXTURE_TEST_CASE(the_same_message_to_many_is_stopped_and_other_mail_is_not, Guarded) {
  limits = {kSame};
  for (std::uint64_t i = 0; i < 20; ++i)
    BOOST_TEST(passes(people(1, i)));
  BOOST_TEST(!passes(people(1, 20)));
  message.print = 2;
  BOOST_TEST(passes(people(1, 21)));
  message.print = 1;
  BOOST_TEST(!passes(people(1, 22)));
  message.has_list_unsubscribe = true;
  BOOST_TEST(passes(people(100, 23)));
}

BOOST_FIXTURE_TEST_CASE(a_message_to_too_many_is_stopped_alone, Guarded) {
  limits = {{.kind = LimitKind::recipients_per_message, .most = 10, .then = Step::hold}};
  BOOST_TEST(passes(people(10)));
  BOOST_TEST(!passes(people(11)));
  BOOST_TEST(trips.size() == 1U);
  BOOST_TEST(passes(people(10)));
}

BOOST_FIXTURE_TEST_CASE(a_warning_comes_once_before_the_limit, Guarded) {
  passes(people(399));
  BOOST_TEST(warnings.empty());
  passes(people(1, 399));
  BOOST_REQUIRE(warnings.size() == 1U);
  BOOST_TEST(warnings[0].standing.people == 400U);
  passes(people(1, 400));
  BOOST_TEST(warnings.empty());
}

BOOST_FIXTURE_TEST_CASE(an_allowance_lifts_limits_and_is_no_burden_once_it_has_ended, Guarded) {
  limits = {kHour, {.kind = LimitKind::recipients_per_message, .most = 100, .then = Step::hold}};
  passes(people(400));
  const RedisTime now = guard.clock().now() / 1000;
  const Allowance allowance{.until = now + 7'200'000, .from = now, .most = 2'000};
  shared_redis().cli({"HSET", "optout:guard:state:auth:crm", "allow", encode(allowance)});
  std::uint64_t passed = 0;
  for (std::uint64_t i = 0; i < 30; ++i)
    passed += passes(people(100, 1'000 + i * 100)) ? 100 : 0;
  BOOST_TEST(passed >= 1'900U);
  BOOST_TEST(passed <= 2'000U);
  shared_redis().cli({"DEL", "optout:guard:state:auth:crm"});
  BOOST_TEST(passes(people(100, 10'000)));
}

BOOST_FIXTURE_TEST_CASE(an_allowance_costs_no_second_round_trip_but_once, Guarded) {
  limits = {kHour, kDay};
  passes(people(1));
  const RedisTime begun = guard.clock().now() / 1000;
  const Allowance allowance{.until = begun + 7'200'000, .from = begun, .most = 2'000};
  shared_redis().cli({"HSET", "optout:guard:state:auth:crm", "allow", encode(allowance)});
  passes(people(1, 1));
  const auto reads = [] {
    const std::string info = shared_redis().cli({"INFO", "stats"});
    return std::stoul(info.substr(info.find("total_reads_processed:") + 22));
  };
  reads();
  const auto of_asking = reads();
  const auto before = reads();
  passes(people(1, 2));
  BOOST_TEST(reads() - before == (before - of_asking) + 1);
  BOOST_TEST(shared_redis().cli({"ZCARD", "optout:guard:count:auth:crm:recipients/1h"}) == "1");
  shared_redis().cli({"HDEL", "optout:guard:state:auth:crm", "allow"});
  passes(people(1, 3));  // counted as ever, at once
  BOOST_TEST(shared_redis().cli({"ZCARD", "optout:guard:count:auth:crm:recipients/1h"}) == "2");
}

// Be it ended by somebody or by itself; and be it known from the first message on or not.
BOOST_FIXTURE_TEST_CASE(a_share_is_not_counted_while_an_allowance_lasts, Guarded) {
  limits = {kHour, kShare};
  for (const bool with_mail : {true, false}) {
    shared_redis().cli({"FLUSHALL"});
    passes(people(1));
    const RedisTime now = guard.clock().now() / 1000;
    const Allowance allowance{.until = now + 7'200'000, .from = now, .most = 2'000};
    shared_redis().cli({"HSET", "optout:guard:state:auth:crm", "allow", encode(allowance)});
    for (std::uint64_t i = 0; i < 3; ++i) {
      const auto passing = with_mail ? people(10, 100 * i) : std::vector<Person>();
      BOOST_TEST(!mail(passing, people(60, 1'000 + 100 * i)).stops());
      BOOST_TEST(shared_redis().cli({"EXISTS", "optout:guard:count:auth:crm:opted_out/1h"}) == "0");
    }
    shared_redis().cli({"HDEL", "optout:guard:state:auth:crm", "allow"});
    BOOST_TEST(passes(people(1, 500)));  // counted at once
    BOOST_TEST(passes(people(1, 501)));
    const GuardVerdict verdict = mail(people(1, 502), people(60, 2'000));
    BOOST_TEST(verdict.stops());
    BOOST_REQUIRE(trips.size() == 1U);
    BOOST_TEST(trips[0].trip.of == 63U);
  }
}

BOOST_FIXTURE_TEST_CASE(who_is_left_out_counts_for_the_share_when_an_allowance_has_just_ended,
                        Guarded) {
  limits = {kHour, kShare};
  passes(people(1, 30));
  const RedisTime now = guard.clock().now() / 1000;
  const Allowance allowance{.until = now + 7'200'000, .from = now, .most = 2'000};
  shared_redis().cli({"HSET", "optout:guard:state:auth:crm", "allow", encode(allowance)});
  passes(people(1, 30));
  shared_redis().cli({"HDEL", "optout:guard:state:auth:crm", "allow"});
  GuardCheck check(guard, guard.plan({.name = sender, .limits = limits}), message, false);
  check.ask(people(100));
  check.ask_alone();
  check.leave_out(people(30));
  const auto verdict = check.answer();
  BOOST_REQUIRE(verdict);
  BOOST_TEST(check.standing(0).people == 70U);
  BOOST_TEST(check.standing(1).people >= 99U);
  BOOST_TEST(check.standing(1).opted_out == 30U);
}

BOOST_FIXTURE_TEST_CASE(monitoring_counts_alike, Guarded) {
  monitored = true;
  passes(people(500));
  BOOST_TEST(mail(people(1, 500)).stops());  // would
  BOOST_REQUIRE(trips.size() == 1U);
  BOOST_TEST(trips[0].trip.monitored);
}

BOOST_FIXTURE_TEST_CASE(messages_that_come_together_are_one_question, Guarded) {
  limits = {kHour, kDay, kShare, kSame};
  const auto check_of = [&](const std::string& name, std::uint64_t print, std::uint64_t whom) {
    auto check = std::make_unique<GuardCheck>(guard, guard.plan({.name = name, .limits = limits}),
                                              GuardedMessage{.print = print, .id = "Q"}, false);
    check->ask(people(2, whom));
    return check;
  };
  std::vector<std::unique_ptr<GuardCheck>> checks;
  checks.push_back(check_of("auth:crm", 1, 0));
  redis::Companion* alone[] = {checks[0].get()};
  redis::Commands commands;
  checks[0]->compose(alone, commands);
  const std::size_t of_one = commands.count();
  checks.push_back(check_of("auth:crm", 1, 2));
  checks.push_back(check_of("auth:crm", 1, 3));
  redis::Companion* all[] = {checks[0].get(), checks[1].get(), checks[2].get()};
  commands.clear();
  checks[0]->compose(all, commands);
  BOOST_TEST(commands.count() == of_one + 2 * 2 * 3);  // ZMSCORE, ZADD, ZCARD; two exact tallies
  checks.push_back(check_of("auth:shop", 1, 0));
  redis::Companion* two[] = {all[0], all[1], all[2], checks[3].get()};
  commands.clear();
  checks[0]->compose(two, commands);
  BOOST_TEST(commands.count() == 2 * of_one + 2 * 2 * 3);
  shared_redis().cli({"SET", "optout:guard:count:auth:shop:recipients/1h", "of another type"});
  const auto replies = redis->run(commands, redis->deadline(), redis::Executor::Repeat::no);
  BOOST_REQUIRE(replies);
  checks[0]->take(two, std::span<const redis::Reply>(*replies));
  for (const auto& [i, people] : {std::pair{0U, 2U}, {1U, 4U}, {2U, 5U}}) {
    BOOST_REQUIRE(checks[i]->answer());
    BOOST_TEST(checks[i]->standing(0).people == people);
  }
  BOOST_TEST(!checks[3]->answer());  // and nobody else
}

BOOST_FIXTURE_TEST_CASE(a_long_trip_outlasts_the_notes_of_shorter_limits, Guarded) {
  const Limit day{.kind = LimitKind::recipients,
                  .most = 600,
                  .window = std::chrono::hours(24),
                  .then = Step::reject};
  for (const bool turned : {false, true}) {
    shared_redis().cli({"FLUSHALL"});
    limits = turned ? Limits{day, kHour} : Limits{kHour, day};
    passes(people(250));
    mail(people(420, 250));  // trips both
    BOOST_TEST(std::stoll(shared_redis().cli({"TTL", "optout:guard:state:auth:crm"})) > 80'000);
  }
}

BOOST_FIXTURE_TEST_CASE(messages_that_come_together_pass_up_to_the_limit, Guarded) {
  std::vector<std::unique_ptr<GuardCheck>> checks;
  std::vector<redis::Companion*> all;
  for (std::uint64_t i = 0; i < 30; ++i) {
    checks.push_back(std::make_unique<GuardCheck>(
        guard, guard.plan({.name = sender, .limits = limits}), GuardedMessage{.id = "Q"}, false));
    checks.back()->ask(people(20, i * 20));
    all.push_back(checks.back().get());
  }
  redis::Commands commands;
  checks[0]->compose(all, commands);
  const auto replies = redis->run(commands, redis->deadline(), redis::Executor::Repeat::no);
  BOOST_REQUIRE(replies);
  checks[0]->take(all, std::span<const redis::Reply>(*replies));
  const auto passed = std::count_if(checks.begin(), checks.end(), [](const auto& check) {
    const auto verdict = check->answer();
    return verdict && !verdict->stops();
  });
  BOOST_TEST(passed == 25);
}

BOOST_FIXTURE_TEST_CASE(a_limit_that_crosses_the_exact_ones_goes_on_counting, Guarded) {
  limits = {{.kind = LimitKind::recipients, .most = 500, .window = std::chrono::hours(24)}};
  passes(people(10));
  limits[0].most = 5'000;
  passes(people(10));  // mail() requires an answer
  limits[0].most = 500;
  passes(people(10));
}

BOOST_FIXTURE_TEST_CASE(a_trip_of_monitor_mode_stops_nobody_who_enforces, Guarded) {
  monitored = true;
  mail(people(501));
  monitored = false;
  BOOST_TEST(passes(people(1)));
  BOOST_TEST(!passes(people(501, 1)));
  BOOST_REQUIRE(trips.size() == 1U);
  BOOST_TEST(!trips[0].trip.monitored);
  BOOST_TEST(!passes(people(1)));
}

BOOST_FIXTURE_TEST_CASE(a_trip_of_monitor_mode_takes_nothing_off_the_count_of_others, Guarded) {
  limits[0].most = 3;
  for (std::uint64_t i = 0; i < 3; ++i)
    BOOST_TEST(passes(people(1, i)));
  monitored = true;
  BOOST_TEST(mail(people(1, 3)).stops());
  monitored = false;
  BOOST_TEST(!passes(people(1, 4)));
}

// What was counted is all that keeps such a sender within the limit.
BOOST_FIXTURE_TEST_CASE(a_trip_that_cannot_be_written_lets_nobody_through, Guarded) {
  const auto is_stopped = [this](std::vector<Person> to, std::vector<Person> opted_out) {
    GuardCheck check(guard, guard.plan({.name = sender, .limits = limits}), message, false);
    check.ask(std::move(to), std::move(opted_out));
    check.ask_alone();
    const auto verdict = check.answer();
    BOOST_REQUIRE(verdict);
    check.put_down(*verdict, true);
    BOOST_TEST(check.trips().empty());
    return verdict->stops() && check.trouble().has_value();
  };
  passes(people(500));
  shared_redis().cli({"ACL", "SETUSER", "default", "-hsetnx"});
  for (std::uint64_t i = 500; i < 503; ++i)
    BOOST_TEST(is_stopped(people(1, i), {}));
  limits = {kShare};
  BOOST_TEST(is_stopped(people(30), people(20, 30)));
  BOOST_TEST(is_stopped(people(1, 100), {}));
  shared_redis().cli({"ACL", "SETUSER", "default", "+@all"});
}

BOOST_FIXTURE_TEST_CASE(one_of_many_tells_of_a_trip_that_comes_again, Guarded) {
  passes(people(500));
  passes(people(1, 500));
  shared_redis().cli({"HSET", "optout:guard:state:auth:crm", "trip:recipients/1h", "until=1"});
  std::vector<std::unique_ptr<GuardCheck>> checks;
  for (std::uint64_t i = 0; i < 8; ++i) {
    checks.push_back(std::make_unique<GuardCheck>(
        guard, guard.plan({.name = sender, .limits = limits}), message, false));
    checks.back()->ask(people(1, 500 + i));
    checks.back()->ask_alone();
  }
  std::size_t told = 0;
  for (const auto& check : checks) {
    const auto verdict = check->answer();
    BOOST_REQUIRE(verdict);
    BOOST_TEST(verdict->stops());
    check->put_down(*verdict, true);
    told += check->trips().size();
  }
  BOOST_TEST(told == 1U);
  BOOST_TEST(shared_redis().cli({"XLEN", "optout:events"}) == "2");
}

// Of the next question that notes something Redis' answer is lost, or Redis is asked twice.
class Unlucky final : public redis::Executor {
public:
  enum class Next { works, is_not_answered, is_sent_twice };

  explicit Unlucky(std::shared_ptr<redis::Executor> redis) : redis_(std::move(redis)) {}
  Result<std::vector<redis::Reply>> run(const redis::Commands& commands,
                                        redis::Clock::time_point deadline, Repeat repeat) override {
    auto replies = redis_->run(commands, deadline, repeat);
    const bool notes = commands.wire().find("guard:claim:") != std::string_view::npos;
    const Next what = notes ? std::exchange(next, Next::works) : Next::works;
    if (what == Next::is_not_answered) return Error{Fault::timeout, "no answer"};
    if (what == Next::is_sent_twice) return redis_->run(commands, deadline, repeat);
    return replies;
  }
  std::chrono::milliseconds timeout() const override { return redis_->timeout(); }

  Next next = Next::works;

private:
  const std::shared_ptr<redis::Executor> redis_;
};

struct OutOfLuck : FreshRedis {
  std::shared_ptr<Unlucky> executor = std::make_shared<Unlucky>(redis);
  Guard guard{executor, "optout:", GuardOptions{}, "mx1"};

  std::size_t told(const Limit& limit, std::uint64_t count, bool monitored = false) {
    GuardCheck check(guard, guard.plan({.name = "auth:crm", .limits = {limit}}),
                     {.print = 1, .id = "4TbX1"}, monitored);
    check.ask(people(count));
    check.ask_alone();
    const auto verdict = check.answer();
    BOOST_REQUIRE(verdict);
    BOOST_TEST(verdict->stops());
    check.put_down(*verdict, true);
    return check.trips().size();
  }
  static void forget_claims() {  // as if their seconds were over
    std::istringstream keys(shared_redis().cli({"KEYS", "optout:guard:claim:*"}));
    for (std::string key; std::getline(keys, key);)
      shared_redis().cli({"DEL", key});
  }
};

const Limit kBig{.kind = LimitKind::recipients_per_message, .most = 100, .then = Step::reject};

BOOST_FIXTURE_TEST_CASE(a_trip_is_told_though_whoever_noted_it_was_never_answered, OutOfLuck) {
  for (const Limit& limit : {kHour, kSame, kBig}) {
    shared_redis().cli({"FLUSHALL"});
    executor->next = Unlucky::Next::is_not_answered;
    BOOST_TEST(told(limit, 501) == 0U);
    BOOST_TEST(told(limit, 502) == 0U);  // it may be about to tell
    forget_claims();
    BOOST_TEST(told(limit, 503) == 1U);
    BOOST_TEST(told(limit, 504) == 0U);
    forget_claims();
    BOOST_TEST(told(limit, 505) == 0U);
    BOOST_TEST(shared_redis().cli({"XLEN", "optout:events"}) == "1");
  }
}

BOOST_FIXTURE_TEST_CASE(a_trip_is_told_though_it_was_sent_twice, OutOfLuck) {
  for (const Limit& limit : {kHour, kSame, kBig}) {
    shared_redis().cli({"FLUSHALL"});
    executor->next = Unlucky::Next::is_sent_twice;
    BOOST_TEST(told(limit, 501) == 1U);
    BOOST_TEST(told(limit, 502) == 0U);
  }
  // One that comes again, too.
  shared_redis().cli({"HSET", "optout:guard:state:auth:crm", "trip:recipients/1h", "until=1"});
  forget_claims();
  executor->next = Unlucky::Next::is_sent_twice;
  BOOST_TEST(told(kHour, 501) == 1U);
  forget_claims();
  BOOST_TEST(told(kHour, 502) == 0U);
}

// As packaged it only monitors; then somebody says enforce.
BOOST_FIXTURE_TEST_CASE(what_is_done_is_told_though_monitor_mode_told_what_would_be, Guarded) {
  for (const Limit& limit : {kHour, kSame, kBig}) {
    shared_redis().cli({"FLUSHALL"});
    limits = {limit};
    for (const bool only_noted : {true, false}) {
      monitored = only_noted;
      mail(people(501));
      BOOST_REQUIRE(trips.size() == 1U);
      BOOST_TEST(trips[0].trip.monitored == only_noted);
      BOOST_TEST(trips[0].limit.find("monitored") == std::string::npos);
      mail(people(501));
      BOOST_TEST(trips.empty());
    }
  }
}

// Both find what has ended before.
BOOST_FIXTURE_TEST_CASE(a_trip_that_comes_again_is_told_in_each_mode, Guarded) {
  passes(people(1));
  shared_redis().cli({"HSET", "optout:guard:state:auth:crm", "trip:recipients/1h", "until=1"});
  monitored = true;
  mail(people(501));
  BOOST_TEST(trips.size() == 1U);
  monitored = false;
  mail(people(501));
  BOOST_TEST(trips.size() == 1U);
}

BOOST_FIXTURE_TEST_CASE(what_has_ended_leaves_the_state_of_a_sender, Guarded) {
  for (const char* ended : {"trip:recipients/1d", "trip:recipients/2d", "warn:recipients"})
    shared_redis().cli({"HSET", "optout:guard:state:auth:crm", ended, "until=1"});
  monitored = true;
  passes(people(501));  // a trip in force for others in monitor mode stays
  monitored = false;
  passes(people(501));
  const std::string state = "optout:guard:state:auth:crm";
  BOOST_TEST(shared_redis().cli({"HLEN", state}) == "2");
  BOOST_TEST(shared_redis().cli({"HEXISTS", state, "trip:recipients/1h"}) == "1");
  BOOST_TEST(shared_redis().cli({"HEXISTS", state, "told:recipients/1h"}) == "1");
}

BOOST_FIXTURE_TEST_CASE(messages_that_trip_by_themselves_leave_the_state_of_their_sender_as_it_is,
                        Guarded) {
  limits = {kHour, kSame};
  limits[1].most = 1;
  for (std::uint64_t i = 0; i < 30; ++i) {
    message.print = i;
    BOOST_TEST(!passes(people(2, i)));
    BOOST_TEST(trips.size() == 1U);
    BOOST_TEST(!passes(people(2, i)));
    BOOST_TEST(trips.empty());
  }
  BOOST_TEST(shared_redis().cli({"HLEN", "optout:guard:state:auth:crm"}) == "0");
  BOOST_TEST(shared_redis().cli({"ZCARD", "optout:guard:messages:auth:crm"}) == "30");
  message.print = 1'000;
  BOOST_TEST(passes(people(1, 100)));
  BOOST_TEST(shared_redis().cli({"HLEN", "optout:guard:message:auth:crm:0000000000000003"}) == "2");
  // Each ends by itself: were nobody to come by, nothing would be left of it.
  BOOST_TEST(std::stoi(shared_redis().cli(
                 {"TTL", "optout:guard:message:auth:crm:0000000000000003"})) <= 3'600);
}

BOOST_FIXTURE_TEST_CASE(of_very_many_messages_that_trip_the_last_to_end_are_listed, Guarded) {
  limits = {kSame};
  limits[0].most = 1;
  const std::string index = "optout:guard:messages:auth:crm";
  passes(people(1));  // sets the clock
  const RedisTime now = guard.clock().now() / 1000;
  std::vector<std::string> fill{"ZADD", index};
  for (std::uint64_t i = 0; i < kMessagesKept; ++i) {
    fill.push_back(std::to_string(now + 1'000'000 + i));
    fill.push_back("message" + std::to_string(i));
  }
  shared_redis().cli(fill);
  BOOST_TEST(!passes(people(2)));
  BOOST_TEST(shared_redis().cli({"ZCARD", index}) == std::to_string(kMessagesKept));
  BOOST_TEST(shared_redis().cli({"ZSCORE", index, "0000000000000001"}) != "");
  BOOST_TEST(shared_redis().cli({"ZSCORE", index, "message0"}) == "");
}

// They are not read as trips, and not met again.
BOOST_FIXTURE_TEST_CASE(what_an_older_version_left_with_the_sender_goes, Guarded) {
  limits = {kHour, kSame};
  limits[1].most = 1;
  const std::string state = "optout:guard:state:auth:crm";
  std::vector<std::string> fill{"HSET", state, "trip:same_message/1h/0000000000000001",
                                "until=99999999999999"};
  for (int i = 0; i < 1'500; ++i) {
    fill.push_back("trip:same_message/1h/" + std::to_string(i));
    fill.push_back("until=99999999999999");
  }
  shared_redis().cli(fill);
  limits[1].without_list_unsubscribe = false;
  BOOST_TEST(passes(people(1)));
  BOOST_TEST(passes(people(1)));
  BOOST_TEST(shared_redis().cli({"HLEN", state}) == "0");
  BOOST_TEST(!passes(people(2)));
}

BOOST_FIXTURE_TEST_CASE(a_message_that_trips_in_monitor_mode_stops_nobody_who_enforces, Guarded) {
  limits = {kSame};
  limits[0].most = 1;
  monitored = true;
  mail(people(2));
  BOOST_TEST(trips.size() == 1U);
  monitored = false;
  BOOST_TEST(passes(people(1)));
  BOOST_TEST(!passes(people(2)));
  BOOST_TEST(trips.size() == 1U);
  BOOST_TEST(!passes(people(1)));
}

BOOST_FIXTURE_TEST_CASE(the_state_of_a_message_is_seen_when_an_allowance_has_just_ended, Guarded) {
  limits = {kSame};
  limits[0].most = 1;
  BOOST_TEST(!passes(people(2)));
  const RedisTime now = guard.clock().now() / 1000;
  const Allowance allowance{.until = now + 7'200'000, .from = now, .most = 2'000};
  shared_redis().cli({"HSET", "optout:guard:state:auth:crm", "allow", encode(allowance)});
  BOOST_TEST(passes(people(2)));
  BOOST_TEST(passes(people(2)));
  shared_redis().cli({"DEL", "optout:guard:state:auth:crm"});
  BOOST_TEST(!passes(people(1)));
}

BOOST_FIXTURE_TEST_CASE(of_mail_without_number_only_the_latest_is_named, Guarded) {
  for (int i = 0; i < 1'100; ++i)
    shared_redis().cli({"LPUSH", "optout:guard:passed:auth:crm", "mx2/" + std::to_string(i)});
  passes(people(501));
  BOOST_REQUIRE(trips.size() == 1U);
  BOOST_TEST(trips[0].passed.size() == 1'000U);
  BOOST_TEST(passed_text(trips[0].passed_in_all) == "1000+");
  BOOST_TEST(event("passed") == "1000+");
}

BOOST_FIXTURE_TEST_CASE(limits_that_only_warn_count_no_more_than_it_takes, Guarded) {
  limits[0].most = 5;
  limits[0].then = Step::warn;
  for (std::uint64_t i = 0; i < 20; ++i)
    BOOST_TEST(passes(people(1, i)));
  BOOST_TEST(shared_redis().cli({"ZCARD", kHourTally}) == "5");
}

BOOST_FIXTURE_TEST_CASE(the_share_of_a_large_message_is_that_of_all_its_people, Guarded) {
  limits = {kShare};
  BOOST_TEST(!mail(people(12'000), people(2'000, 12'000)).stops());  // 14 %
  sender = "auth:shop";
  BOOST_TEST(mail(people(10'000), people(4'000, 10'000)).stops());  // 29 %
}

BOOST_FIXTURE_TEST_CASE(a_message_that_is_stopped_takes_nobody_off_who_was_mailed, Guarded) {
  limits = {kHour, {.kind = LimitKind::recipients_per_message, .most = 450, .then = Step::hold}};
  passes(people(400));
  passes(people(100, 400));
  BOOST_TEST(!passes(people(500)));
  BOOST_TEST(!passes(people(1, 500)));
}

BOOST_FIXTURE_TEST_CASE(a_share_begins_anew_once_its_trip_is_over, Guarded) {
  limits = {kShare};
  BOOST_TEST(mail(people(30), people(20, 30)).stops());
  BOOST_TEST(mail(people(30), people(20, 30)).stops());  // tried again
  shared_redis().cli({"DEL", "optout:guard:state:auth:crm"});
  BOOST_TEST(passes(people(1, 100)));
}

BOOST_FIXTURE_TEST_CASE(an_allowance_never_allows_less_than_the_limits, Guarded) {
  passes(people(1));
  const RedisTime now = guard.clock().now() / 1000;
  const Allowance allowance{.until = now + 7'200'000, .from = now, .most = 150};
  shared_redis().cli({"HSET", "optout:guard:state:auth:crm", "allow", encode(allowance)});
  BOOST_TEST(passes(people(499, 1)));
}

BOOST_FIXTURE_TEST_CASE(all_keys_expire, Guarded) {
  limits = {kHour, kDay, kShare, kSame};
  mail(people(10), people(2, 10));
  mail(people(501, 20));
  const std::string keys = shared_redis().cli({"KEYS", "optout:guard:*"});
  std::istringstream lines(keys);
  for (std::string key; std::getline(lines, key);) {
    BOOST_TEST(std::stoi(shared_redis().cli({"TTL", key})) > 0, key << " never expires");
  }
}

// Of a large message no more are counted than it takes to be too many: others come in their place.
BOOST_FIXTURE_TEST_CASE(one_who_opted_out_lets_no_large_message_through, Guarded) {
  limits = {kHour, kDay};
  GuardCheck check(guard, guard.plan({.name = sender, .limits = limits}), message, false);
  check.ask(people(2'000));
  check.ask_alone();
  check.leave_out(people(1));
  const auto verdict = check.answer();
  BOOST_REQUIRE(verdict);
  BOOST_TEST(verdict->stops());
}

BOOST_FIXTURE_TEST_CASE(who_is_left_out_was_mailed_by_other_messages_all_the_same, Guarded) {
  limits = {kHour, kDay};
  passes(people(10));
  GuardCheck check(guard, guard.plan({.name = sender, .limits = limits}), message, false);
  check.ask(people(20));
  check.ask_alone();
  check.leave_out(people(15));  // ten of whom have had mail before
  const auto verdict = check.answer();
  BOOST_REQUIRE(verdict);
  BOOST_TEST(check.standing(0).people == 15U);
  check.put_down(*verdict, false);  // held back for another reason: the five others go, too
  BOOST_TEST(shared_redis().cli({"ZCARD", "optout:guard:count:auth:crm:recipients/1h"}) == "10");
}

BOOST_FIXTURE_TEST_CASE(where_redis_cannot_answer_nobody_can_tell, Guarded) {
  shared_redis().cli({"SET", "optout:guard:state:auth:crm", "of another type"});
  GuardCheck check(guard, guard.plan({.name = sender, .limits = limits}), message, false);
  check.ask(people(1));
  check.ask_alone();
  const auto verdict = check.answer();
  BOOST_REQUIRE(!verdict);
  BOOST_TEST((verdict.error().fault == Fault::wrong_type));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace optout

// The faults of a real Redis, each provoked for real.

#include "asking.h"
#include "needs_redis.h"
#include "support/process.h"

#include <atomic>
#include <stdexcept>

namespace optout::test {

BOOST_TEST_GLOBAL_FIXTURE(NeedsRedis);

BOOST_AUTO_TEST_SUITE(real_redis_faults)

BOOST_AUTO_TEST_CASE(a_key_of_another_type) {
  const RedisServer redis;
  redis.cli({"SET", "k", "v"});
  const auto client = redis::make_client(options_for(redis.url_unix()));
  BOOST_TEST(fault_in(ask(*client, {"SMISMEMBER", "k", "ann@example.com"})) == Fault::wrong_type);
}

BOOST_AUTO_TEST_CASE(a_replica_takes_no_writes) {
  const RedisServer redis({"replicaof 127.0.0.1 " + std::to_string(free_port())});
  const auto client = redis::make_client(options_for(redis.url_unix()));
  BOOST_TEST(fault_in(ask(*client, {"SADD", "k", "v"})) == Fault::read_only);
}

BOOST_AUTO_TEST_CASE(a_replica_without_its_master_that_serves_no_stale_data) {
  const RedisServer redis(
      {"replicaof 127.0.0.1 " + std::to_string(free_port()), "replica-serve-stale-data no"});
  const auto client = redis::make_client(options_for(redis.url_unix()));
  BOOST_TEST(fault_in(ask(*client, {"SISMEMBER", "k", "v"})) == Fault::master_down);
}

BOOST_AUTO_TEST_CASE(no_memory_left) {
  const RedisServer redis({"maxmemory 1mb", "maxmemory-policy noeviction"});
  const auto client = redis::make_client(options_for(redis.url_unix()));
  const std::string much(300'000, 'x');
  auto result = ask(*client, {"SADD", "k", much});
  for (int i = 0; i < 10 && !result->front().is_error(); ++i) {
    result = ask(*client, {"SADD", "k", much + std::to_string(i)});
  }
  BOOST_TEST(fault_in(result) == Fault::out_of_memory);
}

BOOST_AUTO_TEST_CASE(a_script_that_does_not_end) {
  const RedisServer redis({"lua-time-limit 1"});
  const auto client = redis::make_client(options_for(redis.url_unix()));
  std::thread script([&redis] {
    try {
      redis.cli({"EVAL", "while true do end", "0"});
    } catch (const std::runtime_error&) {  // it is killed below
    }
  });
  std::string last;
  BOOST_TEST(wait_until([&] {
    const auto result = ask(*client, {"SISMEMBER", "k", "v"});
    last = shown(result);
    return result && result->front().is_error() &&
           redis::fault_of(result->front().text()) == Fault::busy;
  }));
  BOOST_TEST_INFO(last);
  redis.cli({"SCRIPT", "KILL"});
  script.join();
  BOOST_TEST(shown(ask(*client, {"SISMEMBER", "k", "v"})) == ":0");
}

BOOST_AUTO_TEST_CASE(a_user_who_may_not) {
  const RedisServer redis({"user reader on >pw ~optout:* +smismember"});
  const auto client = redis::make_client(options_for("unix://reader:pw@" + redis.socket()));
  BOOST_TEST(shown(ask(*client, {"SMISMEMBER", "optout:set:global", "a", "b"})) == "[:0 :0]");
  BOOST_TEST(fault_in(ask(*client, {"SADD", "optout:set:global", "a"})) == Fault::no_permission);
  BOOST_TEST(fault_in(ask(*client, {"SMISMEMBER", "other", "a"})) == Fault::no_permission);
}

BOOST_AUTO_TEST_CASE(a_command_it_does_not_know) {
  const RedisServer redis;
  const auto client = redis::make_client(options_for(redis.url_unix()));
  BOOST_TEST(fault_in(ask(*client, {"OPTOUT"})) == Fault::refused);
  BOOST_TEST(shown(ask(*client, {"PING"})) == "PONG");
}

BOOST_AUTO_TEST_CASE(an_aborted_transaction) {
  const RedisServer redis;
  const auto client = redis::make_client(options_for(redis.url_unix()));
  const auto result = client->run(Commands().add({"MULTI"}).add({"OPTOUT"}).add({"EXEC"}),
                                  client->deadline(), Executor::Repeat::no);
  BOOST_TEST(fault_in(result) == Fault::refused);
}

BOOST_AUTO_TEST_CASE(a_frozen_redis_gives_everybody_a_fault_and_then_right_answers_again) {
  RedisServer redis;
  const auto client = redis::make_client(options_for(redis.url_unix(), kBrief));
  BOOST_TEST(shown(ask_after_pause(*client, {"ECHO", "before"})) == "before");
  redis.freeze();
  std::atomic<int> answered = 0;
  std::vector<std::thread> threads;
  threads.reserve(8);
  for (int t = 0; t < 8; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 20; ++i) {
        answered += ask(*client, {"ECHO", "frozen " + std::to_string(t * 100 + i)}) ? 1 : 0;
      }
    });
  }
  for (std::thread& thread : threads)
    thread.join();
  BOOST_TEST(answered == 0);
  redis.thaw();
  BOOST_TEST(wait_until([&] { return static_cast<bool>(ask(*client, {"PING"})); }));
  for (int i = 0; i < 200; ++i) {
    const std::string word = "thawed " + std::to_string(i);
    const auto result = ask_after_pause(*client, {"ECHO", word});
    if (result)
      BOOST_REQUIRE(shown(result) ==
                    word);  // on a slow machine 100 ms may pass; a wrong word may not
  }
}

BOOST_AUTO_TEST_CASE(a_stopped_redis_is_unreachable_until_it_is_started) {
  RedisServer redis;
  for (const std::string& url : {redis.url_unix(), redis.url_tcp()}) {
    const auto client = redis::make_client(options_for(url));
    BOOST_TEST(shown(ask(*client, {"PING"})) == "PONG");
    redis.stop();
    BOOST_TEST(shown(ask_after_pause(*client, {"PING"})) == "!unreachable");
    redis.start();
    BOOST_TEST(shown(ask_after_pause(*client, {"PING"})) == "PONG");
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace optout::test

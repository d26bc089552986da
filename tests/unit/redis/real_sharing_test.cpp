// Many threads, one connection: everybody gets his own answer.

#include "asking.h"
#include "support/process.h"
#include "support/redis_server.h"

#include <algorithm>
#include <atomic>
#include <latch>

namespace optout::test {
namespace {

// What each of `threads` threads counts as wrong, while `disturb` runs beside them.
template <typename Disturb>
int wrong_answers(Executor& client, int threads, int questions, bool faults_are_wrong,
                  Disturb disturb) {
  std::atomic<int> wrong = 0;
  std::latch start(threads + 1);
  std::vector<std::thread> all;
  all.reserve(static_cast<std::size_t>(threads));
  for (int t = 0; t < threads; ++t) {
    all.emplace_back([&, t] {
      start.arrive_and_wait();
      for (int i = 0; i < questions; ++i) {
        const std::string one = std::to_string(t) + "/" + std::to_string(i);
        const std::string two = one + std::string(static_cast<std::size_t>(i % 300), 'x');
        const auto result = client.run(Commands().add({"ECHO", one}).add({"ECHO", two}),
                                       client.deadline(), Executor::Repeat::yes);
        if (result ? (*result)[0].text() != one || (*result)[1].text() != two : faults_are_wrong)
          ++wrong;
      }
    });
  }
  start.arrive_and_wait();
  disturb();
  for (std::thread& thread : all)
    thread.join();
  return wrong;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(real_redis_sharing)

BOOST_AUTO_TEST_CASE(sixteen_threads_share_one_connection_and_never_each_others_answers) {
  const RedisServer redis;
  const auto client = redis::make_client(options_for(redis.url_unix()));
  BOOST_TEST(wrong_answers(*client, 16, 2000, true, [] {}) == 0);
  const std::string clients = redis.cli({"CLIENT", "LIST"});
  BOOST_TEST(std::ranges::count(clients, '\n') == 2);  // ours and that of cli()
}

BOOST_AUTO_TEST_CASE(connections_killed_under_load_cost_faults_at_most_and_never_a_wrong_answer) {
  const RedisServer redis;
  const auto client = redis::make_client(options_for(redis.url_tcp()));
  BOOST_TEST(wrong_answers(*client, 8, 1000, false, [&redis] {
               for (int i = 0; i < 50; ++i)
                 redis.cli({"CLIENT", "KILL", "TYPE", "normal"});
             }) == 0);
  BOOST_TEST(shown(ask_after_pause(*client, {"PING"})) == "PONG");
}

BOOST_AUTO_TEST_CASE(a_restart_under_load_heals_and_never_gives_a_wrong_answer) {
  RedisServer redis;
  const auto client = redis::make_client(options_for(redis.url_unix()));
  BOOST_TEST(wrong_answers(*client, 8, 1000, false, [&redis] { redis.restart(); }) == 0);
  BOOST_TEST(shown(ask_after_pause(*client, {"PING"})) == "PONG");
}

BOOST_AUTO_TEST_CASE(freezes_under_load_never_give_a_wrong_answer) {
  RedisServer redis;
  const auto client = redis::make_client(options_for(redis.url_unix(), kBrief));
  BOOST_TEST(wrong_answers(*client, 8, 2000, false, [&] {
               for (int i = 0; i < 3; ++i) {
                 redis.freeze();
                 BOOST_TEST(wait_until([&] { return !ask(*client, {"PING"}); }));
                 redis.thaw();
                 BOOST_TEST(wait_until([&] { return static_cast<bool>(ask(*client, {"PING"})); }));
               }
             }) == 0);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace optout::test

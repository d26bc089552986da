// Questions and answers with a real Redis: nothing is lost, mixed up, or read as something else.

#include "asking.h"
#include "support/redis_server.h"

namespace optout::test {

BOOST_AUTO_TEST_SUITE(real_redis)

BOOST_AUTO_TEST_CASE(answers_come_over_unix_sockets_tcp_and_names) {
  const RedisServer redis;
  const std::string port = std::to_string(redis.port());
  for (const std::string& url : {redis.url_unix(), redis.url_tcp(), "redis://localhost:" + port}) {
    const auto client = redis::make_client(options_for(url));
    BOOST_TEST(shown(ask(*client, {"PING"})) == "PONG");
  }
}

// AD-24: whatever is in an argument, it is one argument.
BOOST_AUTO_TEST_CASE(any_byte_goes_there_and_comes_back) {
  using namespace std::string_literals;
  const RedisServer redis;
  const auto client = redis::make_client(options_for(redis.url_unix()));
  std::string every_byte;
  for (int byte = 0; byte < 256; ++byte)
    every_byte += static_cast<char>(byte);
  for (const std::string& word :
       {"\0"s, "a\0b"s, "\r\n"s, "x\r\nFLUSHALL\r\n"s, "%s%n%b"s, "\xff\xfe"s, ""s,
        "*1\r\n$8\r\nFLUSHALL\r\n"s, every_byte, std::string(1'000'000, '%')}) {
    BOOST_REQUIRE(shown(ask(*client, {"ECHO", word})) == word);
    BOOST_REQUIRE(shown(ask(*client, {"SADD", "set", word})) == ":1");
    BOOST_REQUIRE(shown(ask(*client, {"SMISMEMBER", "set", word, word + "x"})) == "[:1 :0]");
  }
}

BOOST_AUTO_TEST_CASE(twenty_thousand_commands_travel_at_once_and_answer_in_order) {
  constexpr int kCommands = 20'000;
  const RedisServer redis;
  const auto client = redis::make_client(options_for(redis.url_unix()));
  Commands commands;
  for (int i = 0; i < kCommands; ++i)
    commands.add({"ECHO", std::to_string(i) + std::string(100, 'x')});
  const auto replies = client->run(commands, client->deadline(), Executor::Repeat::no);
  BOOST_REQUIRE_MESSAGE(replies, shown(replies));
  BOOST_REQUIRE(replies->size() == static_cast<std::size_t>(kCommands));
  for (int i = 0; i < kCommands; ++i) {
    BOOST_REQUIRE((*replies)[static_cast<std::size_t>(i)].text() ==
                  std::to_string(i) + std::string(100, 'x'));
  }
}

BOOST_AUTO_TEST_CASE(one_answer_may_be_large) {
  const RedisServer redis;
  const auto client = redis::make_client(options_for(redis.url_tcp()));
  std::string large;
  large.resize(20'000'000, 'x');
  BOOST_REQUIRE(shown(ask(*client, {"ECHO", large})) == large);
}

BOOST_AUTO_TEST_CASE(an_error_in_the_middle_of_a_batch_is_one_answer_of_several) {
  const RedisServer redis;
  const auto client = redis::make_client(options_for(redis.url_unix()));
  const auto replies = client->run(Commands().add({"PING"}).add({"GET"}).add({"ECHO", "x"}),
                                   client->deadline(), Executor::Repeat::yes);
  BOOST_TEST(shown(replies) == "PONG -ERR wrong number of arguments for 'get' command x");
}

BOOST_AUTO_TEST_CASE(a_transaction_answers_as_one) {
  const RedisServer redis;
  const auto client = redis::make_client(options_for(redis.url_unix()));
  const auto replies = client->run(Commands()
                                       .add({"MULTI"})
                                       .add({"SADD", "s", "a"})
                                       .add({"HSETNX", "h", "f", "v"})
                                       .add({"EXEC"}),
                                   client->deadline(), Executor::Repeat::no);
  BOOST_TEST(shown(replies) == "OK QUEUED QUEUED [:1 :1]");
}

// The server closed it while it was idle, so nothing had been asked on it: both kinds go on over a
// new one.
BOOST_AUTO_TEST_CASE(an_idle_connection_that_was_closed_costs_nobody_an_answer) {
  const RedisServer redis;
  for (const std::string& url : {redis.url_unix(), redis.url_tcp()}) {
    for (const auto repeat : {Executor::Repeat::yes, Executor::Repeat::no}) {
      const auto client = redis::make_client(options_for(url));
      BOOST_TEST(shown(ask(*client, {"PING"}, repeat)) == "PONG");
      redis.cli({"CLIENT", "KILL", "TYPE", "normal"});
      BOOST_TEST(shown(ask(*client, {"PING"}, repeat)) == "PONG");
    }
  }
}

BOOST_AUTO_TEST_CASE(a_restart_between_two_questions_is_not_noticed) {
  RedisServer redis;
  const auto client = redis::make_client(options_for(redis.url_unix()));
  BOOST_TEST(shown(ask(*client, {"PING"})) == "PONG");
  redis.restart();
  BOOST_TEST(shown(ask(*client, {"PING"}, Executor::Repeat::no)) == "PONG");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace optout::test

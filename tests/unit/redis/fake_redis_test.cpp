// What the client makes of a Redis that misbehaves: each fault by name.

#include "misbehaving.h"
#include "support/process.h"

#include <fstream>

namespace optout::test {
namespace {

// What one question to a Redis with this script comes to.
Result<Replies> ask_one(std::vector<Step> script, milliseconds timeout = kPatient) {
  const FakeRedis redis({std::move(script)});
  return ask(*redis::make_client(options_for(redis.url(), timeout)), {"PING"});
}

}  // namespace

BOOST_AUTO_TEST_SUITE(fake_redis)

BOOST_AUTO_TEST_CASE(no_commands_cost_no_connection) {
  const FakeRedis redis({{hang_up()}});
  const auto client = redis::make_client(options_for(redis.url()));
  const auto nothing = client->run(Commands(), client->deadline(), Executor::Repeat::no);
  BOOST_REQUIRE(nothing);
  BOOST_TEST(nothing->empty());
  BOOST_TEST(redis.connections() == 0U);
}

BOOST_AUTO_TEST_CASE(bytes_that_are_no_resp_are_garbled) {
  const auto result = ask_one({receive(1), send("HTTP/1.1 400 Bad Request\r\n\r\n")});
  BOOST_TEST(shown(result) == "!garbled");
  BOOST_TEST(mentions(result, "read: Protocol error"));
}

BOOST_AUTO_TEST_CASE(more_than_the_answer_is_garbled) {
  BOOST_TEST(shown(ask_one({receive(1), send("+PONG\r\n+PONG\r\n")})) == "!garbled");
}

BOOST_AUTO_TEST_CASE(an_answer_too_large_for_memory_is_garbled) {
  const auto result =
      ask_one({receive(1), send("$200000000\r\n" + std::string((std::size_t{64} << 20) + 1, 'x'))});
  BOOST_TEST(shown(result) == "!garbled");
  BOOST_TEST(mentions(result, "more than 67108864 bytes"));
}

BOOST_AUTO_TEST_CASE(half_a_reply_and_then_the_end_is_closed) {
  BOOST_TEST(shown(ask_one({receive(1), send("$100\r\nhalf"), hang_up()})) == "!closed");
}

BOOST_AUTO_TEST_CASE(half_a_reply_and_then_silence_is_a_timeout) {
  const auto result = ask_one({receive(1), send("$100\r\nhalf")}, kBrief);
  BOOST_TEST(shown(result) == "!timeout");
  BOOST_TEST(mentions(result, ": read: timed out after "));
}

BOOST_AUTO_TEST_CASE(no_reply_at_all_is_a_timeout) {
  BOOST_TEST(shown(ask_one({receive(1)}, kBrief)) == "!timeout");
}

BOOST_AUTO_TEST_CASE(a_connection_that_ends_before_the_answer_is_closed) {
  BOOST_TEST(shown(ask_one({hang_up()})) == "!closed");
  BOOST_TEST(shown(ask_one({receive(1), hang_up()})) == "!closed");
}

BOOST_AUTO_TEST_CASE(what_redis_said_before_it_hung_up_is_in_the_error) {
  const FakeRedis redis({{receive(1), send("-ERR max number of clients reached\r\n"), hang_up()}});
  const auto client = redis::make_client(options_for(redis.url()));
  const auto result = client->run(Commands().add({"PING"}).add({"PING"}), client->deadline(),
                                  Executor::Repeat::yes);
  BOOST_TEST(shown(result) == "!closed");
  BOOST_TEST(mentions(result, "after \"ERR max number of clients reached\""));
}

// Each byte comes well within the deadline; only all of them together do not.

BOOST_AUTO_TEST_CASE(a_trickle_does_not_stretch_the_deadline) {
  BOOST_TEST(shown(ask_one({receive(1), trickle("$10\r\n0123456789\r\n", milliseconds(20))},
                           kBrief)) == "!timeout");
}

BOOST_AUTO_TEST_CASE(a_trickle_that_ends_in_time_is_an_answer) {
  BOOST_TEST(shown(ask_one({receive(1), trickle("$3\r\nabc\r\n", milliseconds(1)), stall()})) ==
             "abc");
}

// The answer to the first question comes when the second has been asked: were it asked on the same

// connection, it would get that answer.

BOOST_AUTO_TEST_CASE(an_error_reply_is_an_answer_and_the_connection_stays) {
  for (const auto& [reply, fault] :
       {std::pair("-LOADING Redis is loading the dataset in memory\r\n", Fault::loading),
        std::pair("-MISCONF Redis is configured to save RDB snapshots\r\n",
                  Fault::not_persisting)}) {
    const FakeRedis redis({{always(reply)}});
    const auto client = redis::make_client(options_for(redis.url()));
    BOOST_TEST(fault_in(ask(*client, {"PING"})) == fault);
    BOOST_TEST(fault_in(ask(*client, {"PING"})) == fault);
    BOOST_TEST(redis.connections() == 1U);
  }
}

BOOST_AUTO_TEST_CASE(a_redis_that_suddenly_wants_a_password_is_logged_in_to_anew) {
  const FakeRedis redis({{always("-NOAUTH Authentication required.\r\n")}, {always("+OK\r\n")}});
  const auto client = redis::make_client(options_for(redis.url()));
  BOOST_TEST(fault_in(ask(*client, {"PING"})) == Fault::auth_required);
  BOOST_TEST(shown(ask(*client, {"PING"})) == "OK");
  BOOST_TEST(redis.connections() == 2U);
}

BOOST_AUTO_TEST_CASE(login_comes_before_anything_else_and_ends_before_it) {
  const FakeRedis redis({{receive(2), send("+OK\r\n+OK\r\n"), receive(1), pong()}});
  const auto client = redis::make_client(options_for("unix://ann:pw@" + redis.socket() + "?db=3"));
  BOOST_TEST(shown(ask(*client, {"PING"})) == "PONG");
  const std::vector<Words> expected = {{"AUTH", "ann", "pw"}, {"SELECT", "3"}, {"PING"}};
  BOOST_TEST((redis.commands() == expected));
}

BOOST_AUTO_TEST_CASE(who_fails_to_log_in_sends_nothing_else) {
  const FakeRedis redis({{always("-ERR invalid password\r\n")}});
  const auto client = redis::make_client(options_for("unix://:pw@" + redis.socket()));
  const auto result = ask(*client, {"SADD", "k", "v"});
  BOOST_TEST(shown(result) == "!auth_failed");
  BOOST_TEST(detail_of(result) == "redis unix:" + redis.socket() + ": AUTH: ERR invalid password");
  const std::vector<Words> expected = {{"AUTH", "pw"}};
  BOOST_TEST((redis.commands() == expected));
}

BOOST_AUTO_TEST_CASE(a_login_refused_for_any_reason_is_a_failed_login) {
  const FakeRedis redis({{always("-ERR wrong number of arguments for 'auth' command\r\n")}});
  const auto client =
      redis::make_client(options_for("unix://ann:pw@" + redis.socket()));  // Redis 5 knows no users
  BOOST_TEST(shown(ask(*client, {"PING"})) == "!auth_failed");
}

BOOST_AUTO_TEST_CASE(nobody_there_is_unreachable_from_the_outside_in) {
  const TempDir directory;
  const std::string path = directory / "none.sock";
  const auto nobody = redis::make_client(options_for("unix:" + path));
  BOOST_TEST(detail_of(ask(*nobody, {"PING"})) ==
             "redis unix:" + path + ": connect: No such file or directory");
  BOOST_TEST(shown(ask_after_pause(*nobody, {"PING"})) == "!unreachable");

  const std::string port = std::to_string(free_port());
  const auto closed = redis::make_client(options_for("redis://127.0.0.1:" + port));
  const auto result = ask(*closed, {"PING"});
  BOOST_TEST(shown(result) == "!unreachable");
  BOOST_TEST(detail_of(result) == "redis 127.0.0.1:" + port + ": connect: Connection refused");
}

// Where no name server answers this is a timeout instead, at the deadline and not at the resolver's

// leisure.

BOOST_AUTO_TEST_CASE(a_name_that_stands_for_nothing_is_unreachable) {
  const auto client = redis::make_client(options_for("redis://redis.invalid", milliseconds(2000)));
  const auto result = ask(*client, {"PING"});
  BOOST_REQUIRE(!result);
  BOOST_TEST(
      (result.error().fault == Fault::unreachable || result.error().fault == Fault::timeout));
  BOOST_TEST(mentions(result, "redis redis.invalid:6379: look up redis.invalid: "));
}

BOOST_AUTO_TEST_CASE(a_password_file_that_cannot_be_read_is_our_own_trouble) {
  const FakeRedis redis({{always("+OK\r\n")}});
  const TempDir directory;
  RedisOptions options = options_for(redis.url());
  options.password_file = directory / "password";
  const auto client = redis::make_client(options);
  const auto result = ask(*client, {"PING"});
  BOOST_TEST(shown(result) == "!internal");
  BOOST_TEST(
      mentions(result, ": password_file " + options.password_file + ": No such file or directory"));

  std::ofstream(options.password_file) << "\n";
  BOOST_TEST(mentions(ask_after_pause(*client, {"PING"}), "is empty"));
  std::ofstream(options.password_file) << std::string(5000, 'x');
  BOOST_TEST(mentions(ask_after_pause(*client, {"PING"}), "more than 4096 bytes"));
  BOOST_TEST(redis.commands().empty());

  std::ofstream(options.password_file) << "one\ntwo \n\n";
  BOOST_TEST(shown(ask_after_pause(*client, {"PING"})) == "OK");
  BOOST_TEST(redis.commands().at(0).at(1) ==
             "one\ntwo \n");  // one trailing newline is the editor's
}

BOOST_AUTO_TEST_CASE(a_byte_order_mark_is_no_part_of_a_password) {
  const FakeRedis redis({{always("+OK\r\n")}});
  const TempDir directory;
  RedisOptions options = options_for(redis.url());
  options.password_file = directory / "password";
  std::ofstream(options.password_file) << "\uFEFFone\n";
  BOOST_TEST(shown(ask(*redis::make_client(options), {"PING"})) == "OK");
  BOOST_TEST(redis.commands().at(0).at(1) == "one");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace optout::test

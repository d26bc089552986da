// Users, passwords and databases of a real Redis.

#include "asking.h"
#include "support/redis_server.h"

#include <fstream>

namespace optout::test {

BOOST_AUTO_TEST_SUITE(real_redis_login)

BOOST_AUTO_TEST_CASE(a_password_that_is_missing_wrong_or_right) {
  const RedisServer redis({"requirepass s3cret"});
  const auto none = redis::make_client(options_for(redis.url_unix()));
  BOOST_TEST(fault_in(ask(*none, {"PING"})) == Fault::auth_required);

  const auto wrong = redis::make_client(options_for("unix://:guess@" + redis.socket()));
  const auto result = ask(*wrong, {"PING"});
  BOOST_TEST(shown(result) == "!auth_failed");
  BOOST_TEST(
      result.error().detail.starts_with("redis unix:" + redis.socket() + ": AUTH: WRONGPASS "));

  const auto right = redis::make_client(options_for("unix://:s3cret@" + redis.socket()));
  BOOST_TEST(shown(ask(*right, {"PING"})) == "PONG");
}

BOOST_AUTO_TEST_CASE(a_password_where_none_is_wanted) {
  const RedisServer redis;
  const auto client = redis::make_client(options_for("unix://:s3cret@" + redis.socket()));
  BOOST_TEST(shown(ask(*client, {"PING"})) == "!auth_failed");
}

BOOST_AUTO_TEST_CASE(a_user_of_an_acl) {
  const RedisServer redis({"user milter on >p@ss ~* +@all"});
  const auto right = redis::make_client(
      options_for("redis://milter:p%40ss@127.0.0.1:" + std::to_string(redis.port())));
  BOOST_TEST(shown(ask(*right, {"ACL", "WHOAMI"})) == "milter");
  const auto wrong = redis::make_client(options_for("unix://nobody:p%40ss@" + redis.socket()));
  BOOST_TEST(shown(ask(*wrong, {"PING"})) == "!auth_failed");
}

BOOST_AUTO_TEST_CASE(a_password_file_outranks_the_url_and_is_read_at_every_connect) {
  RedisServer redis({"requirepass one"});
  RedisOptions options = options_for("unix://:stale@" + redis.socket());
  options.password_file = redis.directory() / "password";
  std::ofstream(options.password_file) << "one\n";
  const auto client = redis::make_client(options);
  BOOST_TEST(shown(ask(*client, {"PING"})) == "PONG");

  redis.cli({"CONFIG", "SET", "requirepass", "two"});
  BOOST_TEST(shown(ask(*client, {"PING"})) == "PONG");  // logged in long ago
  redis.set_password("two");
  redis.cli({"CLIENT", "KILL", "TYPE", "normal"});
  BOOST_TEST(shown(ask_after_pause(*client, {"PING"})) == "!auth_failed");
  std::ofstream(options.password_file) << "two";
  BOOST_TEST(shown(ask_after_pause(*client, {"PING"})) == "PONG");
}

BOOST_AUTO_TEST_CASE(a_password_that_appears_while_we_run_is_picked_up) {
  RedisServer redis;
  RedisOptions options = options_for(redis.url_unix());
  const auto client = redis::make_client(options);
  BOOST_TEST(shown(ask(*client, {"PING"})) == "PONG");
  redis.cli({"CONFIG", "SET", "requirepass", "new"});
  redis.set_password("new");
  redis.cli({"CLIENT", "KILL", "TYPE", "normal"});
  BOOST_TEST(fault_in(ask(*client, {"PING"})) == Fault::auth_required);
  redis.cli({"CONFIG", "SET", "requirepass", ""});
  BOOST_TEST(shown(ask(*client, {"PING"})) == "PONG");
}

BOOST_AUTO_TEST_CASE(the_database_is_chosen_at_every_connect) {
  const RedisServer redis;
  const auto client = redis::make_client(options_for(redis.url_unix() + "?db=3"));
  BOOST_TEST(shown(ask(*client, {"SADD", "k", "v"})) == ":1");
  redis.cli({"CLIENT", "KILL", "TYPE", "normal"});
  BOOST_TEST(shown(ask(*client, {"SISMEMBER", "k", "v"})) == ":1");
  BOOST_TEST(redis.cli({"EXISTS", "k"}) == "0");  // cli() uses database 0
}

BOOST_AUTO_TEST_CASE(a_database_that_is_not_there) {
  const RedisServer redis;
  const auto client = redis::make_client(options_for(redis.url_tcp() + "/99"));
  const auto result = ask(*client, {"PING"});
  BOOST_TEST(shown(result) == "!refused");
  BOOST_TEST(result.error().detail == "redis 127.0.0.1:" + std::to_string(redis.port()) +
                                          ": SELECT 99: ERR DB index is out of range");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace optout::test

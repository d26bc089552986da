// One confirmation a week, as Redis keeps count of it.

#include "confirm/rate_limit.h"

#include "support/redis_server.h"

#include <boost/test/unit_test.hpp>
#include <fmt/format.h>

#include <cstdio>
#include <cstdlib>
#include <variant>

namespace optout {
namespace {

struct NeedsRedis {
  NeedsRedis() {
    if (test::RedisServer::available()) return;
    fmt::print("skipped: neither redis-server nor valkey-server is installed\n");
    std::fflush(stdout);
    std::_Exit(77);
  }
};
BOOST_TEST_GLOBAL_FIXTURE(NeedsRedis);

std::shared_ptr<redis::Executor> client_of(const test::RedisServer& server) {
  auto options = std::get<RedisOptions>(parse_redis_url(server.url_unix()));
  options.timeout = std::chrono::seconds(10);
  return redis::make_client(options);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(rate_limit)

BOOST_AUTO_TEST_CASE(AR_09_once_a_week_over_all_relays) {
  const test::RedisServer server;
  const auto here = make_redis_rate_limit(client_of(server), "optout:");
  const auto there = make_redis_rate_limit(client_of(server), "optout:");
  BOOST_TEST(*here->admits("bob@example.com"));
  BOOST_TEST(!*here->admits("bob@example.com"));
  BOOST_TEST(!*there->admits("bob@example.com"));
  BOOST_TEST(*there->admits("#1:00ff"));
  BOOST_TEST(server.cli({"DBSIZE"}) == "2");
  const int left = std::stoi(server.cli({"TTL", "optout:confirmed:bob@example.com"}));
  BOOST_TEST((left > 604'700 && left <= 604'800));
  server.cli({"DEL", "optout:confirmed:bob@example.com"});  // as if it had expired
  BOOST_TEST(*here->admits("bob@example.com"));
}

BOOST_AUTO_TEST_CASE(a_redis_that_is_away_or_does_not_let_us_admits_nobody) {
  test::RedisServer server;
  server.cli({"ACL", "SETUSER", "default", "-set"});
  const auto limit = make_redis_rate_limit(client_of(server), "optout:");
  const auto forbidden = limit->admits("bob@example.com");
  BOOST_REQUIRE(!forbidden);
  BOOST_TEST((forbidden.error().fault == Fault::no_permission));
  server.stop();
  BOOST_TEST(!limit->admits("bob@example.com"));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace optout

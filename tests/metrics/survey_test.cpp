// What the page says of Redis and of the sizes of sets, without asking at every scrape.

#include "message/survey.h"

#include "support/http.h"
#include "support/redis_server.h"
#include "suppression/redis_registry.h"

#include <boost/test/unit_test.hpp>

#include <cstdio>
#include <cstdlib>
#include <string>

namespace optout {
namespace {

struct NeedsRedis {
  NeedsRedis() {
    if (test::RedisServer::available()) return;
    std::puts("skipped: no Redis server is installed");
    std::exit(77);
  }
};
BOOST_TEST_GLOBAL_FIXTURE(NeedsRedis);

struct Surveyed {
  test::RedisServer redis;
  Meters meters;
  CurrentSnapshot snapshot;
  Survey survey{snapshot, meters};

  Surveyed() {
    Stream news;
    news.name = "news";
    news.tenant = "acme";
    news.honours = {"global", "list", "key:crm:unsubscribed"};
    use({Stream{}, news});
    BOOST_REQUIRE(snapshot.get()->store->init("test"));
  }
  void use(std::vector<Stream> streams) {
    Config config;
    config.redis.address = SocketAddress{.path = redis.socket(), .host = {}, .port = 0};
    config.redis.timeout = std::chrono::seconds(5);
    config.streams = std::move(streams);
    snapshot.set(make_snapshot(std::move(config), snapshot.get().get(), meters));
  }
  void note_list(const std::string& id, const std::string& tenant, std::uint32_t reference) {
    const auto registry = make_redis_registry(*snapshot.get()->executor, "optout:", {});
    BOOST_REQUIRE(registry->note({.id = id, .tenant = tenant, .reference = reference}));
  }
  std::optional<double> value(const std::string& metric) const {
    return test::metric_on(meters.text(), metric);
  }
  std::optional<double> size(const std::string& set, const std::string& tenant = "") const {
    return value("optout_set_members{set=\"" + set + "\",tenant=\"" + tenant + "\"}");
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(survey_of_the_suppression_sets, Surveyed)

BOOST_AUTO_TEST_CASE(every_set_that_a_stream_names_has_its_size) {
  redis.cli({"SADD", "optout:set:global", "ann@example.com", "bob@example.com"});
  redis.cli({"SADD", "optout:acme:set:global", "carl@example.com"});
  redis.cli({"SADD", "crm:unsubscribed", "dora@example.com"});
  survey.look();
  BOOST_TEST(value("optout_redis_up").value_or(-1) == 1);
  BOOST_TEST(size("global").value_or(-1) == 2);
  BOOST_TEST(size("bounce").value_or(-1) == 0);
  BOOST_TEST(size("global", "acme").value_or(-1) == 1);
  BOOST_TEST(size("key:crm:unsubscribed").value_or(-1) == 1);
}

BOOST_AUTO_TEST_CASE(lists_are_one_number_for_each_tenant) {
  note_list("news.example.com", "", 1);
  note_list("offers.example.com", "", 2);
  note_list("news.example.com", "acme", 3);
  redis.cli({"SADD", "optout:set:list:news.example.com", "ann@example.com"});
  redis.cli({"SADD", "optout:set:list:offers.example.com", "ann@example.com", "bob@example.com"});
  redis.cli({"SADD", "optout:acme:set:list:news.example.com", "ann@example.com"});
  survey.look();
  BOOST_TEST(size("list:*").value_or(-1) == 3);
  BOOST_TEST(size("list:*", "acme").value_or(-1) == 1);
}

BOOST_AUTO_TEST_CASE(what_nobody_can_see_has_no_size) {
  survey.look();
  BOOST_TEST(size("global").has_value());
  redis.cli({"DEL", "optout:schema"});
  survey.look();
  BOOST_TEST(value("optout_redis_up").value_or(-1) == 0);
  BOOST_TEST(!size("global").has_value());
  redis.stop();
  survey.look();
  BOOST_TEST(value("optout_redis_up").value_or(-1) == 0);
}

BOOST_AUTO_TEST_CASE(a_redis_that_does_not_tell_sizes_is_there_all_the_same) {
  redis.cli({"ACL", "SETUSER", "default", "-scard"});
  survey.look();
  BOOST_TEST(value("optout_redis_up").value_or(-1) == 1);
  BOOST_TEST(!size("global").has_value());
}

BOOST_AUTO_TEST_CASE(a_reload_shows_the_sets_of_the_new_streams_and_no_others) {
  note_list("news.example.com", "acme", 3);
  survey.look();
  BOOST_TEST(size("global", "acme").has_value());
  BOOST_TEST(size("list:*", "acme").has_value());
  use({Stream{}});
  survey.look();
  BOOST_TEST(size("global").has_value());
  BOOST_TEST(!size("global", "acme").has_value());
  BOOST_TEST(!size("list:*", "acme").has_value());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace optout

// The registry in Redis: the one that the contract suite runs on here, and what only it has, keys
// that others read and write.

#include "suppression/redis_registry.h"

#include "redis/client.h"
#include "redis_under_test.h"
#include "registry_under_test.h"
#include "suppression/redis_store.h"

#include <boost/test/unit_test.hpp>

#include <atomic>
#include <thread>

namespace optout {

std::ostream& boost_test_print_type(std::ostream& out, Noted noted);

namespace {

using test::shared_redis;

std::unique_ptr<redis::Executor> client_of(const test::RedisServer& server) {
  RedisOptions options;
  options.address.path = server.socket();
  options.timeout = std::chrono::seconds(20);
  return redis::make_client(options);
}

struct Fresh {
  Fresh() {
    shared_redis().cli({"FLUSHALL"});
    BOOST_REQUIRE(make_redis_store(*client, "optout:", {})->init("test"));
  }
  std::unique_ptr<redis::Executor> client = client_of(shared_redis());
  std::unique_ptr<Registry> registry = make_redis_registry(*client, "optout:", {}, test::kFewLists);
};

class RedisRegistryUnderTest final : public test::RegistryUnderTest {
public:
  Registry& registry() override { return *fresh_.registry; }
  void unmark() override { shared_redis().cli({"DEL", "optout:schema"}); }

private:
  Fresh fresh_;
};

KnownList news(const std::string& tenant = {}) {
  return {.id = "news.example.com",
          .tenant = tenant,
          .name = "Weekly news",
          .reference = 0x1a2b3c4d,
          .first_seen = *parse_instant("2026-03-02T10:00:00Z")};
}

}  // namespace

std::unique_ptr<test::RegistryUnderTest> test::make_registry_under_test() {
  return std::make_unique<RedisRegistryUnderTest>();
}

BOOST_AUTO_TEST_SUITE(redis_registry)

BOOST_FIXTURE_TEST_CASE(keys_are_those_that_administrators_were_told, Fresh) {
  BOOST_REQUIRE(registry->note(news()));
  BOOST_TEST(shared_redis().cli({"HGET", "optout:lists", "news.example.com"}) ==
             "ref=1a2b3c4d first_seen=2026-03-02T10:00:00Z name=Weekly%20news");
  BOOST_TEST(shared_redis().cli({"HGET", "optout:references", "set:1a2b3c4d"}) ==
             "list:news.example.com");
  BOOST_REQUIRE(registry->keep_address(0x00112233445566ff, "ann@example.com"));
  BOOST_TEST(shared_redis().cli({"HGET", "optout:references", "address:00112233445566ff"}) ==
             "ann@example.com");
  BOOST_TEST(shared_redis().cli({"TTL", "optout:references"}) == "-1");  // tokens never expire
}

BOOST_FIXTURE_TEST_CASE(AT_27_the_lists_of_a_tenant_stand_under_its_name_and_references_do_not,
                        Fresh) {
  BOOST_REQUIRE(registry->note(news("acme")));
  BOOST_TEST(shared_redis().cli({"HLEN", "optout:acme:lists"}) == "1");
  BOOST_TEST(shared_redis().cli({"HGET", "optout:references", "set:1a2b3c4d"}) ==
             "acme list:news.example.com");
}

BOOST_FIXTURE_TEST_CASE(AT_25_an_unmarked_redis_is_never_written_to, Fresh) {
  shared_redis().cli({"FLUSHALL"});
  BOOST_TEST(!registry->note(news()));
  BOOST_TEST(!registry->keep_address(1, "ann@example.com"));
  BOOST_TEST(shared_redis().cli({"DBSIZE"}) == "0");
}

BOOST_FIXTURE_TEST_CASE(records_that_cannot_be_read_are_passed_over, Fresh) {
  BOOST_REQUIRE(registry->note(news()));
  for (const auto& [id, record] :
       {std::pair("a", "no record"), std::pair("b", "ref=1a2b3c4d"),
        std::pair("c", "ref=1a2b3c4dd first_seen=2026-03-02"), std::pair("d", "first_seen=2026"),
        std::pair("e", ""), std::pair("f", "ref=zzzzzzzz first_seen=2026-03-02")}) {
    shared_redis().cli({"HSET", "optout:lists", id, record});
  }
  const auto lists = registry->lists("");
  BOOST_REQUIRE(lists);
  BOOST_TEST(lists->size() == 1u);
}

BOOST_FIXTURE_TEST_CASE(a_reference_that_is_none_of_ours_stands_for_nothing, Fresh) {
  // What somebody else's hand put there must not make us write to a key that is not ours.
  for (const char* text :
       {"", " ", "key:crm:gone", "acme key:crm:gone", "list:", "global", " list:a", "nonsense"}) {
    shared_redis().cli({"HSET", "optout:references", "set:1a2b3c4d", text});
    const auto set = registry->set_of(0x1a2b3c4d);
    BOOST_REQUIRE(set);
    BOOST_TEST(!set->has_value(), text);
  }
  shared_redis().cli({"HSET", "optout:references", "set:1a2b3c4d", "acme stream:shop"});
  BOOST_TEST((*registry->set_of(0x1a2b3c4d) == SetName::stream("shop", "acme")));
}

BOOST_FIXTURE_TEST_CASE(what_cannot_be_read_is_put_right_when_it_is_noted_again, Fresh) {
  shared_redis().cli({"HSET", "optout:lists", "news.example.com", "spilled"});
  shared_redis().cli({"HSET", "optout:references", "set:1a2b3c4d", "spilled"});
  BOOST_TEST(*registry->note(news()) == Noted::already_there);
  BOOST_TEST((*registry->lists("") == std::vector{news()}));
  BOOST_TEST((*registry->set_of(0x1a2b3c4d) == news().set()));
}

BOOST_FIXTURE_TEST_CASE(keys_of_another_type_are_faults, Fresh) {
  shared_redis().cli({"SET", "optout:references", "no hash"});
  BOOST_TEST((registry->note(news()).error().fault == Fault::wrong_type));
  BOOST_TEST((registry->set_of(1).error().fault == Fault::wrong_type));
  BOOST_TEST((registry->keep_address(1, "ann@example.com").error().fault == Fault::wrong_type));
  BOOST_TEST((registry->member_of(1).error().fault == Fault::wrong_type));
  shared_redis().cli({"SET", "optout:lists", "no hash"});
  BOOST_TEST((registry->lists("").error().fault == Fault::wrong_type));
}

BOOST_AUTO_TEST_CASE(a_server_that_is_not_there_is_a_fault) {
  RedisOptions nowhere;
  nowhere.address.path = "/nonexistent/redis.sock";
  const auto client = redis::make_client(nowhere);
  BOOST_TEST(
      (make_redis_registry(*client, "optout:", {})->set_of(1).error().fault == Fault::unreachable));
}

BOOST_FIXTURE_TEST_CASE(however_many_note_a_list_at_once_it_is_added_once, Fresh) {
  std::atomic<int> added = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      const auto own = client_of(shared_redis());
      const auto mine = make_redis_registry(*own, "optout:", {});
      for (int call = 0; call < 50; ++call) {
        const auto noted = mine->note(news());
        if (!noted || *noted == Noted::taken || *noted == Noted::full) added = 1000;
        if (noted && *noted == Noted::added) ++added;
      }
    });
  }
  for (std::thread& thread : threads)
    thread.join();
  BOOST_TEST(added == 1);
}

// However two lists with one reference race, at most one of them may use it.
BOOST_FIXTURE_TEST_CASE(of_two_lists_with_one_reference_one_gets_it, Fresh) {
  for (int round = 0; round < 50; ++round) {
    shared_redis().cli({"DEL", "optout:lists", "optout:references"});
    std::atomic<int> noted = 0;
    std::vector<std::thread> threads;
    for (const char* id : {"a.example.com", "b.example.com"}) {
      threads.emplace_back([&, id] {
        const auto own = client_of(shared_redis());
        const auto answer =
            make_redis_registry(*own, "optout:", {})->note({.id = id, .reference = 1});
        if (answer && *answer != Noted::taken) ++noted;
      });
    }
    for (std::thread& thread : threads)
      thread.join();
    BOOST_REQUIRE_EQUAL(noted.load(), 1);
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace optout

// What only the store in Redis has: keys that others read and write, and a server that fails.

#include "suppression/redis_store.h"

#include "redis/client.h"
#include "redis_under_test.h"
#include "store_under_test.h"
#include "suppression/digest.h"

#include <boost/test/unit_test.hpp>

#include <atomic>
#include <thread>
#include <utility>
#include <vector>

namespace optout {
namespace {

using test::shared_redis;

const SetName kGlobal = SetName::global();

RedisOptions options_for(const test::RedisServer& server) {
  RedisOptions options;
  options.address.path = server.socket();
  options.timeout = std::chrono::seconds(20);
  return options;
}

struct Store {
  explicit Store(RedisOptions options = options_for(shared_redis()), MemberOptions members = {})
      : client(redis::make_client(options)), store(make_redis_store(*client, "optout:", members)) {}
  std::unique_ptr<redis::Executor> client;
  std::unique_ptr<SuppressionStore> store;
};

struct Fresh : Store {
  Fresh() {
    shared_redis().cli({"FLUSHALL"});
    BOOST_REQUIRE(store->init("test"));
  }
};

class CountingExecutor final : public redis::Executor {
public:
  explicit CountingExecutor(redis::Executor& inner) : inner_(inner) {}
  Result<std::vector<redis::Reply>> run(const redis::Commands& commands,
                                        redis::Clock::time_point deadline, Repeat repeat) override {
    ++round_trips;
    return inner_.run(commands, deadline, repeat);
  }
  std::chrono::milliseconds timeout() const override { return inner_.timeout(); }

  int round_trips = 0;

private:
  redis::Executor& inner_;
};

Fault fault_of_find(SuppressionStore& store) {
  const Spellings ann{{"ann@example.com"}};
  const auto answer = store.find({&ann, 1}, {&kGlobal, 1});
  BOOST_REQUIRE(!answer);
  return answer.error().fault;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(redis_store)

BOOST_FIXTURE_TEST_CASE(SC_17_evidence_that_is_fetched_at_once_is_that_of_each_hit, Fresh) {
  const SetName acme("global", "acme");
  const SetName sets[] = {kGlobal, SetName("key:crm:unsubscribed"), acme, SetName("bounce")};
  const std::vector<Spellings> people{{{"ann@example.com", "@example.com"}},
                                      {{"nobody@example.net", "@example.net"}},
                                      {{"bob@example.org", "@example.org"}}};
  const auto record = [&](const char* member, const SetName& set, const char* since) {
    Evidence evidence;
    evidence.since = *parse_instant(since);
    if (set == sets[3]) evidence.expires = parse_instant("2026-03-09");  // long ago
    BOOST_REQUIRE(store->record({member, set, evidence}));
  };
  record("@example.com", kGlobal, "2026-03-01");
  record("ann@example.com", acme, "2026-03-02");
  record("bob@example.org", kGlobal, "2026-03-03");
  record("bob@example.org", acme, "2026-03-04");
  record("bob@example.org", sets[3], "2026-03-05");
  shared_redis().cli({"SADD", "crm:unsubscribed", "@example.org"});
  CountingExecutor counting(*client);
  const auto counted = make_redis_store(counting, "optout:", {});
  const auto listed = counted->find(people, sets, FetchEvidence::if_listed);
  BOOST_TEST(std::exchange(counting.round_trips, 0) == 2);
  const auto at_once = counted->find(people, sets, FetchEvidence::at_once);
  BOOST_TEST(counting.round_trips == 1);
  BOOST_REQUIRE(listed && at_once);
  BOOST_TEST((*listed == *at_once));
  BOOST_REQUIRE((*at_once)[2].size() == 3U);  // the bounce has expired
  BOOST_TEST(to_string((*at_once)[2][2].evidence.value().since) == "2026-03-04T00:00:00Z");
}

BOOST_FIXTURE_TEST_CASE(keys_are_those_that_administrators_were_told, Fresh) {
  Evidence evidence;
  evidence.since = *parse_instant("2026-03-02");
  evidence.source = Source::admin;
  evidence.by = "root";
  BOOST_REQUIRE(store->record({"ann@example.com", SetName::list("news.example.com"), evidence}));
  BOOST_TEST(shared_redis().cli({"SMEMBERS", "optout:set:list:news.example.com"}) ==
             "ann@example.com");
  BOOST_TEST(
      shared_redis().cli({"HGET", "optout:entry:ann@example.com", "list:news.example.com"}) ==
      "since=2026-03-02T00:00:00Z source=admin by=root");
  BOOST_TEST(shared_redis().cli({"HGET", "optout:schema", "version"}) == "1");
  BOOST_TEST(shared_redis().cli({"TTL", "optout:set:list:news.example.com"}) ==
             "-1");  // LG-15: never
}

BOOST_FIXTURE_TEST_CASE(LG_16_every_change_leaves_an_event_and_no_change_leaves_none, Fresh) {
  Evidence evidence;
  evidence.since = *parse_instant("2026-03-02");
  BOOST_REQUIRE(store->record({"ann@example.com", kGlobal, evidence}));
  BOOST_REQUIRE(store->record({"ann@example.com", kGlobal, evidence}));
  BOOST_REQUIRE(store->withdraw("ann@example.com", kGlobal, "root", "her own wish"));
  BOOST_REQUIRE(store->withdraw("ann@example.com", kGlobal, "root", "again"));
  BOOST_TEST(shared_redis().cli({"XLEN", "optout:events"}) == "3");  // init, add, remove
  BOOST_TEST(shared_redis()
                 .cli({"XREVRANGE", "optout:events", "+", "-", "COUNT", "1"})
                 .find("her own wish") != std::string::npos);
}

BOOST_FIXTURE_TEST_CASE(the_prefix_keeps_two_installations_apart, Fresh) {
  const auto other = make_redis_store(*client, "other:", {});
  BOOST_TEST((fault_of_find(*other) == Fault::schema_missing));
}

BOOST_FIXTURE_TEST_CASE(a_foreign_set_is_asked_under_its_own_name, Fresh) {
  shared_redis().cli({"SADD", "crm:unsubscribed", "ann@example.com"});
  const SetName foreign("key:crm:unsubscribed");
  const Spellings ann{{"ann@example.com"}};
  const auto answers = store->find({&ann, 1}, {&foreign, 1});
  BOOST_REQUIRE(answers);
  BOOST_TEST(!answers->front().empty());
}

BOOST_FIXTURE_TEST_CASE(a_set_of_another_type_is_a_fault_not_an_empty_set, Fresh) {
  shared_redis().cli({"SET", "optout:set:global", "oops"});
  const Spellings ann{{"ann@example.com"}};
  const auto answers = store->find({&ann, 1}, {&kGlobal, 1});
  BOOST_REQUIRE(answers);
  BOOST_REQUIRE(answers->front().size() == 1u);
  BOOST_TEST((answers->front().front().doubt->fault == Fault::wrong_type));
}

BOOST_FIXTURE_TEST_CASE(a_schema_of_another_version_is_not_used, Fresh) {
  shared_redis().cli({"HSET", "optout:schema", "version", "2"});
  BOOST_TEST((fault_of_find(*store) == Fault::schema_foreign));
}

BOOST_FIXTURE_TEST_CASE(more_shards_than_this_version_knows_are_not_half_read, Fresh) {
  shared_redis().cli({"HSET", "optout:schema", "shards", "8"});
  BOOST_TEST((fault_of_find(*store) == Fault::schema_foreign));
}

BOOST_FIXTURE_TEST_CASE(LG_12_members_as_digests_are_found_and_name_nobody, Fresh) {
  MemberOptions members;
  members.store = MemberOptions::Store::digest;
  members.digest_keys = {{1, std::string(32, 'k')}};
  const Store digests(options_for(shared_redis()), members);
  BOOST_REQUIRE(*digests.store->init("test"));  // notes the key
  const std::string member = digest_member(1, members.digest_keys[1], "ann@example.com");
  BOOST_REQUIRE(digests.store->record({member, kGlobal, {}}));
  const Spellings ann{{"ann@example.com", member}};
  BOOST_TEST(!digests.store->find({&ann, 1}, {&kGlobal, 1})->front().empty());
  BOOST_TEST(shared_redis().cli({"SMEMBERS", "optout:set:global"}).find("ann") ==
             std::string::npos);
}

BOOST_FIXTURE_TEST_CASE(no_digest_is_written_under_a_key_that_others_need_not_know_yet, Fresh) {
  MemberOptions members;
  members.store = MemberOptions::Store::digest;
  members.digest_keys = {{1, std::string(32, 'k')}};
  const Store digests(options_for(shared_redis()), members);
  const std::string member = digest_member(1, members.digest_keys[1], "ann@example.com");
  const auto recorded = digests.store->record({member, kGlobal, {}});
  BOOST_REQUIRE(!recorded);
  BOOST_TEST((recorded.error().fault == Fault::schema_foreign));
  BOOST_TEST(shared_redis().cli({"SCARD", "optout:set:global"}) == "0");
}

BOOST_FIXTURE_TEST_CASE(evidence_that_cannot_be_read_does_not_outvote_the_set, Fresh) {
  shared_redis().cli({"SADD", "optout:set:global", "ann@example.com"});
  shared_redis().cli({"SADD", "optout:set:bounce", "bob@example.com"});
  shared_redis().cli({"SET", "optout:entry:ann@example.com", "no hash"});
  shared_redis().cli({"SET", "optout:entry:bob@example.com", "no hash"});
  const std::vector<SetName> sets{kGlobal, SetName("bounce")};
  const Spellings ann{{"ann@example.com"}};
  const auto answers = store->find({&ann, 1}, sets);
  BOOST_REQUIRE(answers);
  BOOST_TEST(!answers->front().empty());
  const Spellings bob{{"bob@example.com"}};  // of a bounce, nobody can tell whether it has expired
  const auto of_bob = store->find({&bob, 1}, sets);
  BOOST_REQUIRE(of_bob);
  BOOST_REQUIRE(of_bob->front().size() == 1u);
  BOOST_TEST((of_bob->front().front().doubt->fault == Fault::wrong_type));
}

// Redis refuses the second of two commands: such as are of more than a thousand members.
class RefusesSecond final : public redis::Executor {
public:
  explicit RefusesSecond(redis::Executor& redis) : redis_(redis) {}
  Result<std::vector<redis::Reply>> run(const redis::Commands& commands,
                                        redis::Clock::time_point deadline, Repeat repeat) override {
    auto replies = redis_.run(commands, deadline, repeat);
    if (replies && replies->size() > 2)
      (*replies)[1] = redis::Reply(redis::Reply::Kind::error, "BUSY Redis is busy");
    return replies;
  }
  std::chrono::milliseconds timeout() const override { return redis_.timeout(); }

private:
  redis::Executor& redis_;
};

BOOST_FIXTURE_TEST_CASE(who_is_known_to_have_opted_out_is_known_though_others_cannot_be_asked_for,
                        Fresh) {
  shared_redis().cli({"SADD", "optout:set:global", "p0@example.com", "p999@example.com"});
  std::vector<Spellings> people;
  for (int i = 0; i < 999; ++i)
    people.push_back({{"p" + std::to_string(i) + "@example.com"}});
  // Of one the second spelling is the first that is not asked for.
  people.push_back({{"p999@example.com", "@example.com"}});
  people.push_back({{"p1000@example.com"}});
  RefusesSecond refuses(*client);
  const auto answers = make_redis_store(refuses, "optout:", {})->find(people, {&kGlobal, 1});
  BOOST_REQUIRE(answers);
  for (const std::size_t listed : {0U, 999U}) {
    BOOST_REQUIRE((*answers)[listed].size() == 1U);
    BOOST_TEST(!(*answers)[listed].front().doubt.has_value());
  }
  BOOST_TEST((*answers)[1].empty());
  BOOST_REQUIRE(answers->back().size() == 1U);
  BOOST_TEST(answers->back().front().doubt.has_value());
}

BOOST_FIXTURE_TEST_CASE(a_set_that_cannot_be_read_is_the_trouble_of_those_who_asked_for_it, Fresh) {
  shared_redis().cli({"SET", "optout:set:list:broken.example.com", "no set"});
  shared_redis().cli({"SADD", "optout:set:global", "ann@example.com"});
  std::atomic<int> wrong = 0;
  std::vector<std::thread> threads;
  for (int thread = 0; thread < 4; ++thread) {
    threads.emplace_back([&, thread] {
      const bool asks_for_broken = thread % 2 == 0;
      std::vector<SetName> sets{kGlobal};
      if (asks_for_broken) sets.push_back(SetName::list("broken.example.com"));
      const Spellings ann{{"ann@example.com"}};
      for (int call = 0; call < 300; ++call) {
        const auto answers = store->find({&ann, 1}, sets);
        const std::size_t known = answers ? answers->front().size() : 0;
        const bool doubts = known == 2 && answers->front().back().doubt.has_value();
        if (asks_for_broken ? !doubts : known != 1) ++wrong;
      }
    });
  }
  for (std::thread& thread : threads)
    thread.join();
  BOOST_TEST(wrong == 0);
}

BOOST_FIXTURE_TEST_CASE(a_relay_without_the_digest_key_cannot_tell, Fresh) {
  MemberOptions members;
  members.digest_keys = {{1, std::string(32, 'k')}};
  const Store digests(options_for(shared_redis()), members);
  BOOST_REQUIRE(*digests.store->init("test"));
  BOOST_TEST((fault_of_find(*store) == Fault::schema_foreign));
  members.digest_keys = {{1, std::string(32, 'x')}};
  BOOST_TEST(
      (fault_of_find(*Store(options_for(shared_redis()), members).store) == Fault::schema_foreign));
}

BOOST_AUTO_TEST_CASE(a_server_that_is_not_there_is_a_fault) {
  RedisOptions nowhere;
  nowhere.address.path = "/nonexistent/redis.sock";
  BOOST_TEST((fault_of_find(*Store(nowhere).store) == Fault::unreachable));
}

BOOST_AUTO_TEST_CASE(writes_to_a_replica_are_refused_by_name_and_lookups_go_on) {
  test::RedisServer server;
  const Store here(options_for(server));
  BOOST_REQUIRE(here.store->init("test"));
  server.cli({"REPLICAOF", "127.0.0.1", "1"});
  const auto recorded = here.store->record({"ann@example.com", kGlobal, {}});
  BOOST_REQUIRE(!recorded);
  BOOST_TEST((recorded.error().fault == Fault::read_only));
  BOOST_TEST(static_cast<bool>(here.store->find({}, {})));
}

BOOST_AUTO_TEST_CASE(a_full_server_refuses_writes_by_name) {
  test::RedisServer server;
  const Store here(options_for(server));
  BOOST_REQUIRE(here.store->init("test"));
  server.cli({"CONFIG", "SET", "maxmemory", "1"});
  const auto recorded = here.store->record({"ann@example.com", kGlobal, {}});
  BOOST_REQUIRE(!recorded);
  BOOST_TEST((recorded.error().fault == Fault::out_of_memory));
}

BOOST_FIXTURE_TEST_CASE(a_lookup_is_one_round_trip_and_only_a_hit_costs_a_second, Fresh) {
  CountingExecutor counting(*client);
  const auto counted = make_redis_store(counting, "optout:", {});
  const std::vector<SetName> sets{SetName("bounce"), kGlobal, SetName::list("news.example.com")};
  std::vector<Spellings> asked;
  for (int i = 0; i < 2500; ++i) {
    asked.push_back({{"r" + std::to_string(i) + "@example.com", "@example.com"}});
  }
  BOOST_REQUIRE(counted->find(asked, sets));
  BOOST_TEST(counting.round_trips == 1);
  shared_redis().cli({"SADD", "optout:set:global", "r7@example.com", "r2000@example.com"});
  BOOST_REQUIRE(counted->find(asked, sets));
  BOOST_TEST(counting.round_trips == 3);
}

BOOST_FIXTURE_TEST_CASE(many_threads_get_each_their_own_answer, Fresh) {
  constexpr int kThreads = 8;
  constexpr int kCalls = 500;
  for (int i = 0; i < kThreads * kCalls; i += 3) {
    shared_redis().cli({"SADD", "optout:set:global", "r" + std::to_string(i) + "@example.com"});
  }
  std::atomic<int> wrong = 0;
  std::vector<std::thread> threads;
  for (int thread = 0; thread < kThreads; ++thread) {
    threads.emplace_back([&, thread] {
      const std::vector<SetName> sets{SetName("bounce"), kGlobal};
      for (int call = 0; call < kCalls; ++call) {
        const int i = thread * kCalls + call;
        const Spellings asked[] = {{{"r" + std::to_string(i) + "@example.com", "@example.com"}},
                                   {{"nobody@example.com"}}};
        const auto answers = store->find(asked, sets);
        const bool right =
            answers && answers->at(0).empty() != (i % 3 == 0) && answers->at(1).empty();
        if (!right) ++wrong;
      }
    });
  }
  for (std::thread& thread : threads)
    thread.join();
  BOOST_TEST(wrong == 0);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace optout

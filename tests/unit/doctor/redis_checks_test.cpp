// What is made of what Redis says of itself.

#include "doctor/redis_checks.h"

#include "address/lookup_key.h"
#include "findings.h"

#include <boost/test/unit_test.hpp>

#include <string>

using namespace optout;
using namespace optout::doctor;
using namespace optout::test;

namespace {

RedisFacts healthy() {
  RedisFacts facts;
  facts.info = parse_info(
      "# Server\r\nredis_version:7.0.15\r\nrole:master\r\nconnected_slaves:1\r\n"
      "maxmemory:0\r\nmaxmemory_policy:noeviction\r\nused_memory:100\r\naof_enabled:1\r\n");
  facts.save = "3600 1";
  facts.appendfsync = "everysec";
  facts.address_rules = address_rules_version();
  facts.knows_writes = true;
  return facts;
}

RedisFacts with(const std::string& name, const std::string& value) {
  RedisFacts facts = healthy();
  facts.info[name] = value;
  return facts;
}

Findings look(const RedisFacts& facts, const Config& config = {}) {
  const RedisCli cli = [](std::string_view command) { return "redis-cli " + std::string(command); };
  const RedisCli ctl = [](std::string_view verb) { return "optoutctl " + std::string(verb); };
  Findings findings = check_redis(facts, config, cli, ctl);
  BOOST_TEST(all_give_reasons(findings));
  return findings;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(redis_checks)

BOOST_AUTO_TEST_CASE(a_redis_as_it_should_be_is_fine) {
  for (const Finding& finding : look(healthy()))
    BOOST_TEST(finding.state == State::good, finding);
}

BOOST_AUTO_TEST_CASE(where_it_cannot_be_reached_nothing_else_is_said) {
  RedisFacts facts;
  facts.unreachable = Error{Fault::unreachable, "redis unix:/x: connect: No such file"};
  const Findings findings = look(facts);
  BOOST_TEST_REQUIRE(findings.size() == 1u);
  BOOST_TEST(findings[0].state == State::bad);
  BOOST_TEST(say(findings, "redis-cli ping"));
}

BOOST_AUTO_TEST_CASE(a_refused_login_points_at_the_password) {
  RedisFacts facts;
  facts.unreachable = Error{Fault::auth_failed, "WRONGPASS"};
  BOOST_TEST(say(look(facts), "redis.password_file"));
}

BOOST_AUTO_TEST_CASE(one_that_is_slower_than_the_deadline_is_told) {
  RedisFacts facts = healthy();
  facts.took = std::chrono::seconds(2);
  BOOST_TEST(say(look(facts), "answered within 2000 ms"));
}

BOOST_AUTO_TEST_CASE(a_way_over_the_network_is_not_encrypted) {
  Config config;
  config.redis.address = {.path = {}, .host = "192.0.2.10", .port = 6379};
  BOOST_TEST(state_of(look(healthy(), config), "way to Redis") == "warning");
  BOOST_TEST(state_of(look(healthy()), "way to Redis") == "");
}

BOOST_AUTO_TEST_CASE(a_missing_marker_asks_for_init_and_a_foreign_one_does_not) {
  RedisFacts facts = healthy();
  facts.marker = Error{Fault::schema_missing, "no optout:schema here"};
  BOOST_TEST(state_of(look(facts), "schema") == "error");
  BOOST_TEST(say(look(facts), "optoutctl init"));
  facts.marker = Error{Fault::schema_foreign, "another version"};
  BOOST_TEST(state_of(look(facts), "schema") == "error");
  BOOST_TEST(!say(look(facts), "optoutctl init"));
}

BOOST_AUTO_TEST_CASE(digest_keys_that_redis_does_not_know_yet_are_told) {
  Config config;
  config.addresses.digest_keys[1] = std::string(32, 'k');
  RedisFacts facts = healthy();
  BOOST_TEST(state_of(look(facts, config), "digest keys") == "ok");
  facts.writing_digests = Error{Fault::schema_foreign, "does not name all keys"};
  BOOST_TEST(state_of(look(facts, config), "digest keys") == "warning");
}

BOOST_AUTO_TEST_CASE(missing_rights_are_named) {
  RedisFacts facts = healthy();
  facts.refused_writes = {"SADD optout:set:global: NOPERM this user has no permissions"};
  BOOST_TEST(state_of(look(facts), "recording") == "error");
  BOOST_TEST(state_of(look(facts), "lookups") == "ok");
  BOOST_TEST(say(look(facts), "ACL SETUSER default '~optout:*' +sadd"));
  // Whoever may SET any key may overwrite opt-outs.
  facts.refused_writes = {"SADD optout:set:global: NOPERM", "SET optout:confirmed:x: NOPERM",
                          "EXPIRE optout:guard:x: NOPERM"};
  BOOST_TEST(say(look(facts),
                 "'~optout:*' +sadd '(~optout:confirmed:* +set)' '(~optout:guard:* +expire)'"));
  facts.refused_writes = {"SADD optout:set:global: OOM command not allowed"};
  BOOST_TEST(!say(look(facts), "ACL SETUSER"));
}

BOOST_AUTO_TEST_CASE(sets_of_others_need_a_right_of_their_own) {
  RedisFacts facts = healthy();
  facts.refused_reads = {"SMISMEMBER crm:unsubscribed: NOPERM this user has no permissions",
                         "SMISMEMBER optout:set:list:doctor.invalid: NOPERM"};
  BOOST_TEST(state_of(look(facts), "lookups") == "error");
  BOOST_TEST(say(look(facts),
                 "ACL SETUSER default '(~crm:unsubscribed +smismember)' '~optout:*' +smismember"));
  facts.refused_reads = {"SMISMEMBER crm:unsubscribed: WRONGTYPE Operation against a key"};
  BOOST_TEST(state_of(look(facts), "lookups") == "error");
  BOOST_TEST(!say(look(facts), "ACL SETUSER"));
  BOOST_TEST(say(look(facts), "redis-cli TYPE crm:unsubscribed"));
}

BOOST_AUTO_TEST_CASE(AD_17_other_address_rules_than_those_of_the_sets_are_told) {
  RedisFacts facts = healthy();
  facts.address_rules = "1/unicode-14.0";
  BOOST_TEST(state_of(look(facts), "address rules") == "warning");
  BOOST_TEST(say(look(facts), "initialised with 1/unicode-14.0"));
  BOOST_TEST(say(look(facts), "HSET optout:schema address_rules " + address_rules_version()));
  facts.address_rules.reset();
  BOOST_TEST(say(look(facts), "cannot tell"));
}

BOOST_AUTO_TEST_CASE(what_redis_does_not_tell_cannot_be_told) {
  RedisFacts facts = healthy();
  facts.info.clear();
  BOOST_TEST(state_of(look(facts), "Redis itself") == "warning");
}

BOOST_AUTO_TEST_CASE(LG_15_eviction_of_opt_outs_is_wrong_and_that_of_counters_doubtful) {
  const auto policy = [](const std::string& name, const std::string& limit) {
    RedisFacts facts = with("maxmemory_policy", name);
    facts.info["maxmemory"] = limit;
    return state_of(look(facts), "maxmemory-policy");
  };
  BOOST_TEST(policy("noeviction", "1000000") == "ok");
  BOOST_TEST(policy("allkeys-lru", "1000000") == "error");
  BOOST_TEST(policy("allkeys-lru", "0") == "ok");
  BOOST_TEST(policy("volatile-ttl", "1000000") == "warning");
}

BOOST_AUTO_TEST_CASE(memory_that_is_nearly_full_is_told) {
  RedisFacts facts = with("maxmemory", "1000");
  BOOST_TEST(state_of(look(facts), "memory") == "ok");
  facts.info["used_memory"] = "950";
  BOOST_TEST(say(look(facts), "95% of maxmemory"));
}

BOOST_AUTO_TEST_CASE(a_replica_cannot_be_written_and_its_primary_is_named) {
  RedisFacts facts = with("role", "slave");
  facts.info["master_host"] = "10.0.0.5";
  facts.info["master_port"] = "6379";
  BOOST_TEST(state_of(look(facts), "role") == "error");
  BOOST_TEST(say(look(facts), "redis://10.0.0.5:6379/0"));
}

BOOST_AUTO_TEST_CASE(one_without_a_replica_is_told) {
  BOOST_TEST(state_of(look(with("connected_slaves", "0")), "replicas") == "warning");
}

BOOST_AUTO_TEST_CASE(what_is_not_saved_is_lost) {
  RedisFacts facts = with("aof_enabled", "0");
  BOOST_TEST(state_of(look(facts), "persistence") == "warning");  // snapshots only
  facts.save = "";
  BOOST_TEST(state_of(look(facts), "persistence") == "error");
  facts.save.reset();
  BOOST_TEST(say(look(facts), "cannot tell whether there are snapshots"));
  BOOST_TEST(state_of(look(with("aof_last_write_status", "err")), "persistence") == "error");
}

BOOST_AUTO_TEST_CASE(an_append_only_file_that_is_written_late_is_told) {
  RedisFacts facts = healthy();
  facts.appendfsync = "always";
  BOOST_TEST(state_of(look(facts), "persistence") == "ok");
  facts.appendfsync = "no";
  BOOST_TEST(state_of(look(facts), "persistence") == "warning");
  BOOST_TEST(say(look(facts), "CONFIG SET appendfsync everysec"));
  facts.appendfsync.reset();
  BOOST_TEST(state_of(look(facts), "persistence") == "warning");
  BOOST_TEST(say(look(facts), "cannot tell how soon"));
}

BOOST_AUTO_TEST_CASE(old_versions_do_not_know_what_lookups_ask) {
  BOOST_TEST(state_of(look(with("redis_version", "6.0.16")), "version") == "error");
  BOOST_TEST(state_of(look(with("redis_version", "6.2.0")), "version") == "ok");
  BOOST_TEST(say(look(with("valkey_version", "8.1.1")), "Valkey 8.1.1"));
}

BOOST_AUTO_TEST_SUITE_END()

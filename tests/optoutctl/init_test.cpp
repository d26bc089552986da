// optoutctl init

#include "admin.h"

#include <boost/test/unit_test.hpp>

using namespace optout::test;

BOOST_AUTO_TEST_SUITE(init)

BOOST_AUTO_TEST_CASE(before_it_a_check_cannot_tell_and_names_the_command) {
  Admin admin;
  const Finished done = admin({"check", "ann@example.com"});
  BOOST_TEST(done.exit_status == 78);
  BOOST_TEST(done.err.find(" init") != std::string::npos, done.err);
  BOOST_TEST(done.err.find("no ") != std::string::npos);
  const auto rows = nlohmann::json::parse(admin({"-o", "json", "check", "ann@example.com"}).out);
  BOOST_REQUIRE_EQUAL(rows.size(), 1u);
  BOOST_TEST(rows[0].at("listed").is_null());
  BOOST_TEST(rows[0].at("note") == "schema_missing");
}

// Pasted without -c, they would mark the Redis of another configuration.
BOOST_AUTO_TEST_CASE(commands_that_are_named_name_the_configuration_too) {
  Admin admin;
  for (const Words& words : {Words{"check", "ann@example.com"},
                             {"add", "ann@example.com"},
                             {"lists"},
                             {"guard", "list"},
                             {"guard", "release", ""},
                             {"remove", "ann@example.com"},
                             {"doctor"}}) {
    const Finished done = admin(words);
    const std::string said = done.out + done.err;
    BOOST_TEST(said.find("optoutctl -c ") != std::string::npos, words[0] + ": " + said);
    for (const char* verb : {"init", "remove ", "guard ", "doctor"})
      BOOST_TEST(said.find(std::string("optoutctl ") + verb) == std::string::npos, said);
  }
}

BOOST_AUTO_TEST_CASE(before_it_nothing_can_be_added) {
  Admin admin;
  BOOST_TEST(admin({"add", "ann@example.com"}).exit_status == 78);
  BOOST_TEST(admin.redis().cli({"EXISTS", "optout:set:global"}) == "0");
}

BOOST_AUTO_TEST_CASE(after_it_lookups_are_answered) {
  Admin admin;
  const Finished done = admin({"init"});
  BOOST_TEST(done.exit_status == 0, done.err);
  BOOST_TEST(done.err.find("next: optoutctl") != std::string::npos, done.err);
  BOOST_TEST(admin({"check", "ann@example.com"}).exit_status == 1);
}

BOOST_AUTO_TEST_CASE(a_second_time_it_says_so_and_changes_nothing) {
  ReadyAdmin admin;
  const std::string before = admin.redis().cli({"HGETALL", "optout:schema"});
  const auto rows = admin.json({"init"});
  BOOST_TEST(rows.at(0).at("result") == "already");
  BOOST_TEST(admin({"init"}).exit_status == 0);
  BOOST_TEST(admin.redis().cli({"HGETALL", "optout:schema"}) == before);
}

// LG-15
BOOST_AUTO_TEST_CASE(a_redis_that_may_evict_opt_outs_is_refused_with_the_remedy) {
  Admin admin({"maxmemory 100mb", "maxmemory-policy allkeys-lru"});
  const Finished done = admin({"init"});
  BOOST_TEST(done.exit_status == 78);
  BOOST_TEST(done.err.find("config set maxmemory-policy noeviction") != std::string::npos,
             done.err);
  BOOST_TEST(done.err.find(admin.redis().socket()) != std::string::npos, done.err);
  BOOST_TEST(admin.redis().cli({"EXISTS", "optout:schema"}) == "0");

  // That user may not do it: the ACL file that we ship does not let him.
  std::string url = admin.redis().url_tcp();
  admin.redis().cli({"ACL", "SETUSER", "crm", "on", ">secret", "~*", "+@all"});
  Admin other = Admin::at(url.insert(url.find("//") + 2, "crm:secret@"));
  const std::string remedy = other({"init"}).err;
  BOOST_TEST(remedy.find("config set maxmemory-policy noeviction    # as a Redis user who may") !=
                 std::string::npos,
             remedy);
  BOOST_TEST(remedy.find("--user") == std::string::npos, remedy);

  const Finished insisted = admin({"init", "--yes"});
  BOOST_TEST(insisted.exit_status == 0);
  BOOST_TEST(insisted.err.find("warning: ") != std::string::npos, insisted.err);
}

BOOST_AUTO_TEST_CASE(policies_that_spare_what_never_expires_are_fine) {
  Admin bounded({"maxmemory 100mb", "maxmemory-policy volatile-lru"});
  BOOST_TEST(bounded({"init"}).exit_status == 0);
  Admin unbounded({"maxmemory 0", "maxmemory-policy allkeys-lru"});
  BOOST_TEST(unbounded({"init"}).exit_status == 0);
}

BOOST_AUTO_TEST_CASE(a_user_who_may_not_ask_for_the_policy_can_initialise_all_the_same) {
  Admin admin({"user setup on nopass ~optout:* +@all -info"});
  admin.configure("unix://setup@" + admin.redis().socket());
  const Finished done = admin({"init"});
  BOOST_TEST(done.exit_status == 0, done.err);
}

BOOST_AUTO_TEST_SUITE_END()

// optoutctl lists

#include "admin.h"

#include <boost/test/unit_test.hpp>

using namespace optout::test;

namespace {

// What a daemon leaves behind of a list that mail was sent to.
void note(Admin& admin, const std::string& id, const std::string& record,
          const std::string& tenant = {}) {
  admin.redis().cli(
      {"HSET", "optout:" + (tenant.empty() ? "" : tenant + ":") + "lists", id, record});
}

bool has(const std::string& text, const std::string& words) {
  return text.find(words) != std::string::npos;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(lists)

BOOST_AUTO_TEST_CASE(each_list_is_told_with_how_many_have_opted_out_of_it) {
  ReadyAdmin admin;
  note(admin, "news.example.com", "ref=1a2b3c4d first_seen=2026-03-02T10:00:00Z name=News%20(EU)");
  note(admin, "empty.example.com", "ref=00000001 first_seen=2026-03-03T10:00:00Z");
  admin({"add", "ann@example.com", "bob@example.com", "--list", "news.example.com"});
  const Finished done = admin({"lists", "-o", "json"});
  BOOST_TEST(done.exit_status == 0);
  BOOST_TEST(done.out ==
             "[\n"
             R"({"list":"empty.example.com","name":null,"reference":"00000001",)"
             R"("first_seen":"2026-03-03T10:00:00Z","opted_out":"0","tenant":null},)"
             "\n"
             R"_({"list":"news.example.com","name":"News (EU)","reference":"1a2b3c4d",)_"
             R"("first_seen":"2026-03-02T10:00:00Z","opted_out":"2","tenant":null})"
             "\n]\n");
}

// List-Ids with octets above ASCII are in use, even where these are no UTF-8.
BOOST_AUTO_TEST_CASE(LI_03_every_list_that_mail_can_name_can_be_named) {
  ReadyAdmin admin;
  for (const std::string id : {"caf\u00E9.example.com", "caf\xE9.example.com"}) {
    BOOST_TEST(admin({"add", "ann@example.com", "--list", id}).exit_status == 0, id);
    BOOST_TEST(admin({"check", "ann@example.com", "--list", id}).exit_status == 0, id);
    BOOST_TEST(admin.redis().cli({"SCARD", "optout:set:list:" + id}).starts_with("1"), id);
    BOOST_TEST(
        admin({"remove", "ann@example.com", "--set", "list:" + id, "--because", "x"}).exit_status ==
            0,
        id);
    BOOST_TEST(admin.redis().cli({"SCARD", "optout:set:list:" + id}).starts_with("0"), id);
  }
}

BOOST_AUTO_TEST_CASE(no_list_is_no_failure_but_is_said) {
  ReadyAdmin admin;
  const Finished done = admin({"lists"});
  BOOST_TEST(done.exit_status == 0);
  BOOST_TEST(done.out.empty(), done.out);
  BOOST_TEST(has(done.err, "no list"), done.err);
}

BOOST_AUTO_TEST_CASE(AT_27_every_tenant_that_a_stream_has_is_asked_or_the_one_that_was_named) {
  ReadyAdmin admin;
  admin.configure(admin.redis().url_unix(),
                  "streams:\n  - name: acme\n    when: { sender: \"@acme.example\" }\n"
                  "    tenant: acme\n  - name: default\n");
  const std::string record = "ref=1a2b3c4d first_seen=2026-03-02T10:00:00Z";
  note(admin, "ours.example.com", record);
  note(admin, "theirs.example.com", record, "acme");
  note(admin, "unknown.example.com", record, "nobody");
  admin({"add", "ann@example.com", "--list", "theirs.example.com"});  // not the tenant's
  const auto all = admin.json({"lists"});
  BOOST_REQUIRE_EQUAL(all.size(), 2u);
  BOOST_TEST(all[0].at("list") == "ours.example.com");
  BOOST_TEST(all[1].at("tenant") == "acme");
  BOOST_TEST(all[1].at("opted_out") == "0");
  const auto one = admin.json({"lists", "--tenant", "acme"});
  BOOST_REQUIRE_EQUAL(one.size(), 1u);
  BOOST_TEST(one[0].at("list") == "theirs.example.com");
  BOOST_TEST(admin({"lists", "--tenant", ""}).exit_status == 64);
}

// LI-06: the name is whatever a sender wrote.
BOOST_AUTO_TEST_CASE(LI_06_a_name_cannot_play_tricks_with_a_terminal) {
  ReadyAdmin admin;
  note(admin, "news.example.com",
       "ref=1a2b3c4d first_seen=2026-03-02T10:00:00Z name=%1B[2J%0Aforged%E2%80%AE");
  const Finished done = admin({"lists"});
  BOOST_TEST(has(done.out, R"(\x1b[2J\x0aforged)"), done.out);
  BOOST_TEST(!has(done.out, "\x1b"));
  BOOST_TEST(!has(done.out, "\u202e"));
}

BOOST_AUTO_TEST_CASE(a_set_that_cannot_be_counted_leaves_the_others_alone) {
  ReadyAdmin admin;
  note(admin, "a.example.com", "ref=00000001 first_seen=2026-03-02T10:00:00Z");
  note(admin, "b.example.com", "ref=00000002 first_seen=2026-03-02T10:00:00Z");
  admin.redis().cli({"SET", "optout:set:list:a.example.com", "no set"});
  const auto rows = admin.json({"lists"});
  BOOST_TEST(rows[0].at("opted_out").is_null());
  BOOST_TEST(rows[1].at("opted_out") == "0");
}

BOOST_AUTO_TEST_CASE(a_redis_that_is_not_ours_is_no_redis_without_lists) {
  Admin admin;
  BOOST_TEST(admin({"lists"}).exit_status == 78);
  BOOST_TEST(Admin::at("unix:/nonexistent/redis.sock")({"lists"}).exit_status == 69);
}

BOOST_AUTO_TEST_SUITE_END()

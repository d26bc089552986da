// optoutctl add, remove, check with --tenant (AT-27)

#include "admin.h"

#include <boost/test/unit_test.hpp>

using namespace optout::test;

namespace {

struct Hoster : ReadyAdmin {
  Hoster() {
    configure(redis().url_unix(),
              "streams:\n"
              "  - name: acme\n"
              "    when: { sender: \"@acme.example\" }\n"
              "    tenant: acme\n"
              "    honours: [global, list, stream, \"list:a.example\"]\n"
              "  - name: default\n"
              "    honours: [global]\n");
  }
};

bool has(const std::string& text, const std::string& words) {
  return text.find(words) != std::string::npos;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(AT_27_tenants)

BOOST_AUTO_TEST_CASE(an_opt_out_from_a_tenant_is_written_to_sets_of_its_own) {
  Hoster admin;
  const auto rows = admin.json({"add", "ann@example.com", "--tenant", "acme"});
  BOOST_TEST(rows[0].at("set") == "global");
  BOOST_TEST(rows[0].at("tenant") == "acme");
  BOOST_TEST(admin.redis().cli({"SISMEMBER", "optout:acme:set:global", "ann@example.com"}) == "1");
  BOOST_TEST(admin.redis().cli({"EXISTS", "optout:set:global"}) == "0");
  BOOST_TEST(admin.redis().cli({"EXISTS", "optout:acme:entry:ann@example.com"}) == "1");
}

BOOST_AUTO_TEST_CASE(check_tells_of_all_tenants_or_of_one) {
  Hoster admin;
  admin({"add", "ann@example.com", "--tenant", "acme", "--list", "b.example"});
  admin({"add", "ann@example.com"});
  const auto all = admin.json({"check", "ann@example.com"});
  BOOST_REQUIRE_EQUAL(all.size(), 2u);
  BOOST_TEST(all[0].at("tenant").is_null());
  BOOST_TEST(all[1].at("tenant") == "acme");
  BOOST_TEST(all[1].at("set") == "list:b.example");
  const auto one = admin.json({"check", "ann@example.com", "--tenant", "acme"});
  BOOST_REQUIRE_EQUAL(one.size(), 1u);
  BOOST_TEST(one[0].at("set") == "list:b.example");
}

BOOST_AUTO_TEST_CASE(sets_that_a_stream_of_the_tenant_honours_are_asked_for_by_themselves) {
  Hoster admin;
  admin.redis().cli({"SADD", "optout:acme:set:list:a.example", "carl@example.com"});
  admin.redis().cli({"SADD", "optout:acme:set:stream:acme", "dora@example.com"});
  admin.redis().cli({"SADD", "optout:set:list:a.example", "emil@example.com"});
  BOOST_TEST(admin({"check", "carl@example.com"}).exit_status == 0);
  BOOST_TEST(admin({"check", "dora@example.com", "--tenant", "acme"}).exit_status == 0);
  BOOST_TEST(admin({"check", "emil@example.com"}).exit_status == 1);
}

BOOST_AUTO_TEST_CASE(what_one_tenant_was_told_is_not_said_of_another) {
  Hoster admin;
  admin({"add", "ann@example.com"});
  admin({"add", "bob@example.com", "--tenant", "acme"});
  BOOST_TEST(admin({"check", "ann@example.com", "--tenant", "acme"}).exit_status == 1);
  BOOST_TEST(admin({"check", "ann@example.com", "--tenant", "other"}).exit_status == 1);
  BOOST_TEST(admin({"check", "bob@example.com", "--tenant", "other"}).exit_status == 1);
  const auto rows = admin.json({"check", "ann@example.com", "--tenant", "acme"});
  BOOST_REQUIRE_EQUAL(rows.size(), 1u);
  BOOST_TEST(rows[0].at("listed") == false);
}

BOOST_AUTO_TEST_CASE(an_opt_out_from_a_tenant_is_withdrawn_alone) {
  Hoster admin;
  admin({"add", "ann@example.com"});
  admin({"add", "ann@example.com", "--tenant", "acme"});
  const Finished done =
      admin({"remove", "ann@example.com", "--tenant", "acme", "--because", "asked"});
  BOOST_TEST(done.exit_status == 0);
  BOOST_TEST(has(done.err, "is still listed in global; to remove: "));
  BOOST_TEST(admin.redis().cli({"EXISTS", "optout:acme:set:global"}) == "0");
  BOOST_TEST(admin.redis().cli({"SISMEMBER", "optout:set:global", "ann@example.com"}) == "1");
}

BOOST_AUTO_TEST_CASE(all_sets_are_the_common_ones_and_the_others_are_named) {
  Hoster admin;
  admin({"add", "ann@example.com", "--set", "global", "--set", "block"});
  admin({"add", "ann@example.com", "--tenant", "acme"});
  const Finished done = admin({"remove", "ann@example.com", "--all-sets", "--because", "asked"});
  BOOST_TEST(done.exit_status == 0);
  BOOST_TEST(has(done.err, "still listed in global of tenant acme; to remove: "));
  BOOST_TEST(has(done.err, "--set global --tenant acme --because"));
  const auto left = admin.json({"check", "ann@example.com"});
  BOOST_REQUIRE_EQUAL(left.size(), 1u);
  BOOST_TEST(left[0].at("tenant") == "acme");
  BOOST_TEST(
      admin({"remove", "ann@example.com", "--all-sets", "--tenant", "acme", "--because", "asked"})
          .exit_status == 0);
  BOOST_TEST(admin({"check", "ann@example.com"}).exit_status == 1);
}

BOOST_AUTO_TEST_CASE(a_set_that_no_stream_of_the_tenant_honours_is_told) {
  Hoster admin;
  const auto note = [&](Words words) {
    words.insert(words.begin(), {"add", "ann@example.com"});
    return admin(words).err;
  };
  BOOST_TEST(has(note({"--tenant", "other"}), "honours global of tenant other, so it stops"));
  BOOST_TEST(has(note({"--tenant", "acme", "--set", "block"}), "honours block of tenant acme"));
  BOOST_TEST(has(note({"--list", "a.example"}), "honours list:a.example, so it stops"));
  BOOST_TEST(has(note({"--set", "stream:acme"}), "honours stream:acme, so it stops"));
  BOOST_TEST(!has(note({"--tenant", "acme", "--set", "stream:acme"}), "note"));
  BOOST_TEST(!has(note({"--tenant", "acme", "--list", "any.example"}), "note"));
  BOOST_TEST(has(admin({"check", "ann@example.com", "--tenant", "other"}).err,
                 "no stream in the configuration has the tenant other"));
}

BOOST_AUTO_TEST_CASE(a_name_that_is_none_is_refused) {
  Hoster admin;
  for (const char* name : {"", "Acme", "a:b", "set"}) {
    BOOST_TEST(admin({"check", "ann@example.com", "--tenant", name}).exit_status == 64, name);
    BOOST_TEST(admin({"add", "ann@example.com", "--tenant", name}).exit_status == 64, name);
  }
  BOOST_TEST(admin.redis().cli({"EXISTS", "optout:set:global"}) == "0");
}

BOOST_AUTO_TEST_SUITE_END()

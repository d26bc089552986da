// optoutctl check

#include "admin.h"

#include <boost/test/unit_test.hpp>

using namespace optout::test;

BOOST_AUTO_TEST_SUITE(check)

BOOST_AUTO_TEST_CASE(the_exit_code_says_listed_or_not) {
  ReadyAdmin admin;
  admin({"add", "ann@example.com"});
  BOOST_TEST(admin({"check", "ann@example.com"}).exit_status == 0);
  BOOST_TEST(admin({"check", "bob@example.com"}).exit_status == 1);
  BOOST_TEST(admin({"check", "bob@example.com", "ann@example.com"}).exit_status == 0);
}

BOOST_AUTO_TEST_CASE(quiet_leaves_the_exit_code_alone_and_prints_nothing) {
  ReadyAdmin admin;
  admin({"add", "ann@example.com"});
  for (const auto& [address, status] :
       {std::pair("ann@example.com", 0), std::pair("bob@example.com", 1)}) {
    const Finished done = admin({"check", "-q", address});
    BOOST_TEST(done.exit_status == status);
    BOOST_TEST(done.out.empty());
    BOOST_TEST(done.err.empty());
  }
}

BOOST_AUTO_TEST_CASE(what_is_no_address_is_trouble_even_beside_one_that_is_listed) {
  ReadyAdmin admin;
  admin({"add", "ann@example.com"});
  const std::vector<std::string> words{"check", "ann@example.com", "us\aer@example.com"};
  BOOST_TEST(admin(words).exit_status == 65);
  const auto rows = admin.json(words);
  BOOST_TEST(rows[0].at("listed") == true);
  BOOST_TEST(rows[1].at("listed").is_null());
  BOOST_TEST(rows[1].at("note") == "control characters");
}

BOOST_AUTO_TEST_CASE(an_empty_shell_variable_does_not_mean_not_listed) {
  ReadyAdmin admin;
  BOOST_TEST(admin({"check"}).exit_status == 64);
  BOOST_TEST(admin({"check", ""}).exit_status == 65);
}

BOOST_AUTO_TEST_CASE(every_set_is_told_with_its_evidence) {
  ReadyAdmin admin;
  admin({"add", "ann@example.com", "--list", "news.example.com", "--since", "2026-03-02",
         "--reason", "tired"});
  admin({"add", "ann@example.com", "--set", "complaint"});
  const auto rows = admin.json({"check", "ann@example.com"});
  BOOST_REQUIRE(rows.size() == 2u);
  const auto& list = rows[rows[0].at("set") == "complaint" ? 1 : 0];
  BOOST_TEST(list.at("set") == "list:news.example.com");
  BOOST_TEST(list.at("since") == "2026-03-02T00:00:00Z");
  BOOST_TEST(list.at("reason") == "tired");
  BOOST_TEST(list.at("list") == "news.example.com");
}

// The shape is an interface: scripts of others depend on it. Columns may only be added, at the end.
BOOST_AUTO_TEST_CASE(the_shape_of_the_json_is_as_documented) {
  ReadyAdmin admin;
  admin({"add", "Ann@example.com", "--since", "2026-03-02T10:00:00Z", "--by", "mona"});
  const Finished done = admin({"check", "Ann@example.com", "bob@example.com", "-o", "json"});
  BOOST_TEST(
      done.out ==
      "[\n"
      R"({"address":"Ann@example.com","key":"ann@example.com","listed":true,"set":"global",)"
      R"("since":"2026-03-02T10:00:00Z","source":"admin","reason":null,"by":"mona","expires":null,)"
      R"("list":null,"message_id":null,"member":"ann@example.com","matched":"address","note":null,"tenant":null,)"
      R"("from":null,"token_key":null},)"
      "\n"
      R"({"address":"bob@example.com","key":"bob@example.com","listed":false,"set":null,"since":null,)"
      R"("source":null,"reason":null,"by":null,"expires":null,"list":null,"message_id":null,)"
      R"("member":null,"matched":null,"note":null,"tenant":null,"from":null,"token_key":null})"
      "\n]\n");
}

BOOST_AUTO_TEST_CASE(who_asked_by_mail_and_with_which_key_is_told) {
  ReadyAdmin admin;
  admin.redis().cli({"SADD", "optout:set:global", "ann@example.com"});
  admin.redis().cli({"HSET", "optout:entry:ann@example.com", "global",
                     "since=2026-03-02T10:00:00Z source=reply from=ann@home.example token_key=2"});
  const auto rows = admin.json({"check", "ann@example.com"});
  BOOST_TEST(rows[0].at("source") == "reply");
  BOOST_TEST(rows[0].at("from") == "ann@home.example");
  BOOST_TEST(rows[0].at("token_key") == "2");
}

BOOST_AUTO_TEST_CASE(members_that_others_added_count_without_evidence) {
  ReadyAdmin admin;
  admin.redis().cli({"SADD", "optout:set:global", "ann@example.com"});
  const auto rows = admin.json({"check", "ann@example.com"});
  BOOST_TEST(rows[0].at("listed") == true);
  BOOST_TEST(rows[0].at("source") == "external");
  BOOST_TEST(rows[0].at("since").is_null());
}

BOOST_AUTO_TEST_CASE(sets_that_nothing_names_can_be_asked_for) {
  ReadyAdmin admin;
  admin.redis().cli({"SADD", "optout:set:list:news.example.com", "ann@example.com"});
  admin.redis().cli({"SADD", "crm:gone", "bob@example.com"});
  BOOST_TEST(admin({"check", "ann@example.com", "bob@example.com"}).exit_status == 1);
  BOOST_TEST(admin({"check", "ann@example.com", "--list", "News.Example.com"}).exit_status == 0);
  BOOST_TEST(admin({"check", "bob@example.com", "--set", "key:crm:gone"}).exit_status == 0);
}

// Whom a CRM has put into the set of a list, without evidence.
BOOST_AUTO_TEST_CASE(the_sets_of_lists_that_have_been_seen_are_asked_for_by_themselves) {
  ReadyAdmin admin;
  const Words record{"news.example.com", "ref=1a2b3c4d first_seen=2026-03-02T10:00:00Z"};
  admin.redis().cli({"HSET", "optout:lists", record[0], record[1]});
  admin.redis().cli({"SADD", "optout:set:list:news.example.com", "ann@example.com"});
  BOOST_TEST(admin.json({"check", "ann@example.com"})[0].at("set") == "list:news.example.com");
  BOOST_TEST(admin({"check", "bob@example.com"}).exit_status == 1);

  admin.redis().cli({"HSET", "optout:acme:lists", record[0], record[1]});
  admin.redis().cli({"SADD", "optout:acme:set:list:news.example.com", "carl@example.com"});
  const auto rows = admin.json({"check", "--tenant", "acme", "carl@example.com"});
  BOOST_TEST(rows[0].at("tenant") == "acme");
  BOOST_TEST(admin({"check", "--tenant", "acme", "ann@example.com"}).exit_status == 1);

  BOOST_TEST(admin({"remove", "ann@example.com", "--all-sets", "--because", "asked"}).exit_status ==
             0);
  BOOST_TEST(admin({"check", "ann@example.com"}).exit_status == 1);
}

BOOST_AUTO_TEST_CASE(where_redis_cannot_tell_everybody_is_told_with_null_and_the_fault) {
  ReadyAdmin admin;
  admin.redis().stop();
  const Finished done = admin({"check", "-o", "json", "-"}, "ann@example.com\nbob@example.com\n");
  BOOST_TEST(done.exit_status == 69);
  const auto rows = nlohmann::json::parse(done.out);
  BOOST_REQUIRE_EQUAL(rows.size(), 2u);
  for (const auto& row : rows) {
    BOOST_TEST(row.at("listed").is_null());
    BOOST_TEST(row.at("note") == "unreachable");
  }
}

BOOST_AUTO_TEST_CASE(a_set_of_a_list_that_cannot_be_read_leaves_check_uncertain) {
  ReadyAdmin admin;
  admin.redis().cli(
      {"HSET", "optout:lists", "news.example.com", "ref=1a2b3c4d first_seen=2026-03-02T10:00:00Z"});
  admin.redis().cli({"SET", "optout:set:list:news.example.com", "no set"});
  BOOST_TEST(admin({"check", "ann@example.com"}).exit_status == 78);
}

BOOST_AUTO_TEST_CASE(sets_that_a_stream_honours_are_asked_for_by_themselves) {
  ReadyAdmin admin;
  admin.configure(
      admin.redis().url_unix(),
      "streams:\n  - name: default\n    honours: [global, \"key:crm:gone\", \"list:a.example\"]\n");
  admin.redis().cli({"SADD", "crm:gone", "bob@example.com"});
  admin.redis().cli({"SADD", "optout:set:list:a.example", "carl@example.com"});
  BOOST_TEST(admin.json({"check", "bob@example.com"})[0].at("set") == "key:crm:gone");
  BOOST_TEST(admin.json({"check", "carl@example.com"})[0].at("set") == "list:a.example");
}

BOOST_AUTO_TEST_CASE(a_bounce_that_has_expired_is_told_but_does_not_count) {
  ReadyAdmin admin;
  admin({"add", "ann@example.com", "--set", "bounce", "--expires", "1d"});
  BOOST_TEST(admin({"check", "ann@example.com"}).exit_status == 0);
  const std::string record = admin.redis().cli({"HGET", "optout:entry:ann@example.com", "bounce"});
  const auto at = record.find("expires=");
  BOOST_REQUIRE(at != std::string::npos);
  admin.redis().cli({"HSET", "optout:entry:ann@example.com", "bounce",
                     record.substr(0, at) + "expires=2020-01-01T00:00:00Z" +
                         record.substr(std::min(record.size(), record.find(' ', at)))});
  BOOST_TEST(admin({"check", "ann@example.com"}).exit_status == 1);
  const auto rows = admin.json({"check", "ann@example.com"});
  BOOST_TEST(rows[0].at("listed") == false);
  BOOST_TEST(rows[0].at("set") == "bounce");
}

BOOST_AUTO_TEST_CASE(a_withdrawal_is_told_with_who_and_why_and_counts_as_not_listed) {
  ReadyAdmin admin;
  admin({"add", "ann@example.com", "--list", "news.example.com"});
  admin({"remove", "ann@example.com", "--list", "news.example.com", "--because",
         "asked to come back", "--by", "mona"});
  BOOST_TEST(admin({"check", "ann@example.com"}).exit_status == 1);
  const auto rows = admin.json({"check", "ann@example.com"});
  BOOST_REQUIRE_EQUAL(rows.size(), 1u);
  BOOST_TEST(rows[0].at("listed") == false);
  BOOST_TEST(rows[0].at("set").is_null());
  const std::string note = rows[0].at("note");
  BOOST_TEST(note.starts_with("withdrawn from list:news.example.com 2"), note);
  BOOST_TEST(note.ends_with(" by mona: asked to come back"), note);

  admin({"add", "ann@example.com", "--list", "news.example.com"});
  BOOST_TEST(admin({"check", "ann@example.com"}).exit_status == 0);
  const auto again = admin.json({"check", "ann@example.com"});
  BOOST_REQUIRE_EQUAL(again.size(), 1u);
  BOOST_TEST(again[0].at("note").is_null());
}

// A milter looks up what it cannot normalise as it was written (V71 to V81), and so does check.
BOOST_AUTO_TEST_CASE(an_address_that_cannot_be_normalised_is_looked_up_as_it_is) {
  ReadyAdmin admin;
  admin.redis().cli({"SADD", "optout:set:global", "a@b@example.com"});
  BOOST_TEST(admin({"check", "A@b@Example.com"}).exit_status == 0);
}

// That "Ann <ann@example.net>" is in no set does not mean that Ann is in none.
BOOST_AUTO_TEST_CASE(what_is_no_well_formed_address_is_never_certain_not_to_be_listed) {
  ReadyAdmin admin;
  admin({"add", "ann@example.net"});
  for (const std::string line :
       {"Ann <ann@example.net>", R"("ann@example.net")", "ann@example.net,", "foo",
        "x@y@example.com", "an\u200Bn@example.net"}) {
    const auto rows = admin.json({"check", "-"}, line + "\n");
    BOOST_REQUIRE_EQUAL(rows.size(), 1u);
    BOOST_TEST(rows[0].at("listed").is_null(), line);
    BOOST_TEST(!rows[0].at("note").is_null(), line);
    const Finished done = admin({"-q", "check", line});
    BOOST_TEST(done.exit_status == 65, line);
    BOOST_TEST(done.err.find("optoutctl: ") == 0u, done.err);
  }
}

BOOST_AUTO_TEST_CASE(the_null_sender_and_the_bare_postmaster_are_never_listed) {
  ReadyAdmin admin;
  admin.redis().cli({"SADD", "optout:set:global", "postmaster", "<>", ""});
  BOOST_TEST(admin({"check", "postmaster", "<>"}).exit_status == 1);
}

BOOST_AUTO_TEST_CASE(a_plus_tag_is_dropped_only_where_the_configuration_says_so) {
  ReadyAdmin admin;
  admin({"add", "ann@example.com"});
  BOOST_TEST(admin({"check", "ann+news@example.com"}).exit_status == 1);
  admin.configure(admin.redis().url_unix(), "addresses: { plus_tags: also_base }\n");
  BOOST_TEST(admin.json({"check", "ann+news@example.com"})[0].at("matched") == "base");
}

BOOST_AUTO_TEST_CASE(unicode_addresses_are_found_in_every_spelling) {
  ReadyAdmin admin;
  admin({"add", "JÖRG@MÜNCHEN.example"});
  BOOST_TEST(admin({"check", "jo\u0308rg@xn--mnchen-3ya.example"}).exit_status == 0);
  BOOST_TEST(admin({"check", "jorg@munchen.example"}).exit_status == 1);
}

BOOST_AUTO_TEST_CASE(a_thousand_addresses_come_from_standard_input) {
  ReadyAdmin admin;
  std::string input;
  for (int i = 0; i < 1000; ++i)
    input += "user" + std::to_string(i) + "@example.com\n";
  admin({"add", "user7@example.com"});
  const auto rows = admin.json({"check"}, input);
  BOOST_REQUIRE(rows.size() == 1000u);
  std::size_t listed = 0;
  for (const auto& row : rows)
    listed += row.at("listed") == true ? 1 : 0;
  BOOST_TEST(listed == 1u);
  BOOST_TEST(rows[7].at("listed") == true);
}

BOOST_AUTO_TEST_SUITE_END()

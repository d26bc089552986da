// optoutctl add

#include "admin.h"

#include <boost/test/unit_test.hpp>

#include <filesystem>
#include <fstream>
#include <set>

using namespace optout::test;

BOOST_AUTO_TEST_SUITE(add)

BOOST_AUTO_TEST_CASE(an_address_is_stored_under_its_key) {
  ReadyAdmin admin;
  const auto rows = admin.json({"add", "Ann@Example.COM"});
  BOOST_TEST(rows.size() == 1u);
  BOOST_TEST(rows[0].at("address") == "Ann@Example.COM");
  BOOST_TEST(rows[0].at("key") == "ann@example.com");
  BOOST_TEST(rows[0].at("set") == "global");
  BOOST_TEST(rows[0].at("result") == "added");
  BOOST_TEST(rows[0].at("why").is_null());
  BOOST_TEST(admin.redis().cli({"SISMEMBER", "optout:set:global", "ann@example.com"}) == "1");
}

BOOST_AUTO_TEST_CASE(adding_twice_is_harmless_and_the_earlier_evidence_stands) {
  ReadyAdmin admin;
  BOOST_TEST(admin({"add", "ann@example.com", "--reason", "first"}).exit_status == 0);
  const Finished again = admin({"add", "ann@example.com", "--reason", "second"});
  BOOST_TEST(again.exit_status == 0);
  BOOST_TEST(again.out.find("already") != std::string::npos, again.out);
  BOOST_TEST(admin.json({"check", "ann@example.com"})[0].at("reason") == "first");
}

BOOST_AUTO_TEST_CASE(the_evidence_given_is_the_evidence_kept) {
  ReadyAdmin admin;
  BOOST_TEST(
      admin({"add", "ann@example.com", "--set", "bounce", "--reason", "5.1.1 twice", "--source",
             "bounce", "--since", "2026-03-02", "--expires", "2099-01-01", "--by", "mona"})
          .exit_status == 0);
  const auto rows = admin.json({"check", "ann@example.com"});
  BOOST_REQUIRE(rows.size() == 1u);
  BOOST_TEST(rows[0].at("set") == "bounce");
  BOOST_TEST(rows[0].at("reason") == "5.1.1 twice");
  BOOST_TEST(rows[0].at("source") == "bounce");
  BOOST_TEST(rows[0].at("since") == "2026-03-02T00:00:00Z");
  BOOST_TEST(rows[0].at("expires") == "2099-01-01T00:00:00Z");
  BOOST_TEST(rows[0].at("by") == "mona");
}

BOOST_AUTO_TEST_CASE(whoever_called_sudo_is_named) {
  ReadyAdmin admin;
  admin({"add", "ann@example.com"}, {}, {"SUDO_USER=mona"});
  BOOST_TEST(admin.json({"check", "ann@example.com"})[0].at("by") == "mona");
}

BOOST_AUTO_TEST_CASE(several_addresses_go_into_several_sets) {
  ReadyAdmin admin;
  const auto rows =
      admin.json({"add", "ann@example.com", "bob@example.com", "--set", "complaint", "--list",
                  "News <News.Example.com>", "--set", "list:news.example.com"});
  std::set<std::pair<std::string, std::string>> seen;
  for (const auto& row : rows)
    seen.emplace(row.at("address"), row.at("set"));
  const std::set<std::pair<std::string, std::string>> expected{
      {"ann@example.com", "complaint"},
      {"ann@example.com", "list:news.example.com"},
      {"bob@example.com", "complaint"},
      {"bob@example.com", "list:news.example.com"}};
  BOOST_TEST((seen == expected));
  BOOST_TEST(rows.size() == 4u);  // the set named twice counts once
  BOOST_TEST(admin.json({"check", "ann@example.com"})[1].at("list") == "news.example.com");
}

BOOST_AUTO_TEST_CASE(a_flag_with_a_value_leaves_the_addresses_behind_it_alone) {
  ReadyAdmin admin;
  BOOST_TEST(admin.json({"add", "--set", "block", "ann@example.com"})[0].at("set") == "block");
}

BOOST_AUTO_TEST_CASE(a_whole_domain_covers_everybody_there) {
  ReadyAdmin admin;
  BOOST_TEST(admin.json({"add", "@Bücher.Example."})[0].at("key") == "@xn--bcher-kva.example");
  const auto rows = admin.json({"check", "ann@bücher.example", "ann@sub.bücher.example"});
  BOOST_TEST(rows[0].at("listed") == true);
  BOOST_TEST(rows[0].at("matched") == "domain");
  BOOST_TEST(rows[0].at("member") == "@xn--bcher-kva.example");
  BOOST_TEST(rows[1].at("listed") == false);
}

// AD-27 and vectors V71 to V83: what cannot be normalised is looked up, but never written.
BOOST_AUTO_TEST_CASE(what_is_no_clean_address_is_refused_with_a_reason_and_the_rest_is_added) {
  ReadyAdmin admin;
  const std::vector<std::string> bad{"ann",
                                     "ann@",
                                     "@",
                                     "a@b@example.com",
                                     "ann@exa mple.com",
                                     "ann@example..com",
                                     "<>",
                                     "postmaster",
                                     "j\xF6rg@example.com",
                                     "us\aer@example.com",
                                     "jo\u200Be@example.com",
                                     "ali\u202Emoc@example.com",
                                     ""};
  std::vector<std::string> words{"add", "first@example.com"};
  words.insert(words.end(), bad.begin(), bad.end());
  words.emplace_back("last@example.com");
  BOOST_TEST(admin(words).exit_status == 65);
  const auto rows = admin.json(words);
  BOOST_REQUIRE(rows.size() == bad.size() + 2);
  for (std::size_t i = 1; i <= bad.size(); ++i) {
    BOOST_TEST(rows[i].at("result") == "refused", bad[i - 1]);
    BOOST_TEST(!rows[i].at("why").get<std::string>().empty(), bad[i - 1]);
  }
  BOOST_TEST(admin.redis().cli({"SCARD", "optout:set:global"}) == "2");
}

// Somebody has to have looked at it, and says so (section M); what hides something stays refused.
BOOST_AUTO_TEST_CASE(AD_15_what_cannot_be_normalised_is_added_only_if_that_is_asked_for) {
  ReadyAdmin admin;
  const Finished refused = admin({"add", "\"O\"@XN--A.ws."});
  BOOST_TEST(refused.exit_status == 65);
  BOOST_TEST(refused.out.find("not a well-formed address") != std::string::npos, refused.out);
  BOOST_TEST(refused.err.find("is added as it stands with --raw\n") != std::string::npos,
             refused.err);
  BOOST_TEST(admin({"add", "--raw", "\"O\"@XN--A.ws."}).exit_status == 0);
  BOOST_TEST(admin.redis().cli({"SISMEMBER", "optout:set:global", "o@xn--a.ws"}) == "1");
  BOOST_TEST(admin({"check", "o@xn--a.ws"}).exit_status == 0);
  const Finished still =
      admin({"add", "--raw", "ann", "j\xF6rg@xn--a.ws", "a\u202Eb@xn--a.ws", "<>"});
  BOOST_TEST(still.exit_status == 65);
  BOOST_TEST(still.err.find("--raw") == std::string::npos, still.err);
  BOOST_TEST(admin({"remove", "o@xn--a.ws", "--because", "x"}).exit_status == 0);
  BOOST_TEST(admin.redis().cli({"SCARD", "optout:set:global"}) == "0");
}

// What --raw would add of these stops no mail.
BOOST_AUTO_TEST_CASE(lines_of_tables_and_headers_are_refused_even_with_raw) {
  ReadyAdmin admin;
  for (const std::string line :
       {"ann@y.example;Ann;Meyer", R"("quoted@x.example")", R"("Ann Meyer" <disp@x.example>)",
        "a1@b.example,c1@d.example", "Ann <ann@example.net>"}) {
    const Finished refused = admin({"add", "-"}, line + "\n");
    BOOST_TEST(refused.exit_status == 65, line);
    BOOST_TEST(refused.out.find("one bare address a line: cut the column out") != std::string::npos,
               refused.out);
    BOOST_TEST(refused.err.find("--raw") == std::string::npos, refused.err);
    BOOST_TEST(admin({"add", "--raw", "-"}, line + "\n").exit_status == 65, line);
  }
  BOOST_TEST(admin({"add", R"("a,b;<c>"@example.com)", "<dan@example.com>"}).exit_status == 0);
  BOOST_TEST(admin({"add", "--raw", R"("a,b"@xn--a.ws)"}).exit_status == 0);
}

BOOST_AUTO_TEST_CASE(a_star_is_refused_with_what_a_whole_domain_is_called) {
  ReadyAdmin admin;
  for (const Words& words : {Words{"add", "*@wild.example"}, {"add", "--raw", "*@wild.example"}}) {
    const Finished refused = admin(words);
    BOOST_TEST(refused.exit_status == 65);
    BOOST_TEST(refused.out.find("everybody at a domain is @wild.example") != std::string::npos,
               refused.out);
  }
  BOOST_TEST(admin({"add", "a*b@wild.example"}).exit_status == 0);
}

BOOST_AUTO_TEST_CASE(AD_15_so_is_a_whole_domain) {
  ReadyAdmin admin;
  const Finished refused = admin({"add", "@XN--A.ws."});
  BOOST_TEST(refused.exit_status == 65);
  BOOST_TEST(refused.out.find("not a well-formed domain") != std::string::npos, refused.out);
  BOOST_TEST(refused.err.find("is added as it stands with --raw\n") != std::string::npos,
             refused.err);
  BOOST_TEST(admin({"add", "--raw", "@XN--A.ws."}).exit_status == 0);
  BOOST_TEST(admin.redis().cli({"SISMEMBER", "optout:set:global", "@xn--a.ws"}) == "1");
  for (const char* covered : {"@xn--a.ws", "o@XN--A.ws", "\"O\"@xn--a.ws."})
    BOOST_TEST(admin({"check", covered}).exit_status == 0, covered);
  BOOST_TEST(admin({"add", "--raw", "@", "@.", "@xn--a..ws", "@xn--a ws"}).exit_status == 65);
  BOOST_TEST(admin({"remove", "@xn--a.ws", "--because", "x"}).exit_status == 0);
  BOOST_TEST(admin.redis().cli({"SCARD", "optout:set:global"}) == "0");
}

BOOST_AUTO_TEST_CASE(with_quiet_only_the_refused_are_told) {
  ReadyAdmin admin;
  const Finished done = admin({"-q", "add", "ann@example.com", "nonsense\x1b[2J"});
  BOOST_TEST(done.exit_status == 65);
  BOOST_TEST(done.out.empty());
  BOOST_TEST(done.err.find("nonsense\\x1b[2J: ") != std::string::npos, done.err);
  BOOST_TEST(done.err.find("ann@") == std::string::npos, done.err);
}

BOOST_AUTO_TEST_CASE(standard_input_has_one_address_a_line_however_it_was_written) {
  ReadyAdmin admin;
  const std::string input =
      "\xEF\xBB\xBF# exported on Monday\r\n"
      "ann@example.com\r\n"
      "\r\n"
      "  # bob wanted to stay\n"
      "\t carl@example.com \n"
      "@example.org\n"
      "dora@example.com";
  const auto rows = admin.json({"add"}, input);
  std::vector<std::string> keys;
  for (const auto& row : rows)
    keys.push_back(row.at("key"));
  const std::vector<std::string> expected{"ann@example.com", "carl@example.com", "@example.org",
                                          "dora@example.com"};
  BOOST_TEST(keys == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_dash_stands_for_standard_input_among_other_addresses) {
  ReadyAdmin admin;
  const auto rows =
      admin.json({"add", "first@example.com", "-", "last@example.com"}, "middle@example.com\n");
  BOOST_REQUIRE(rows.size() == 3u);
  BOOST_TEST(rows[1].at("key") == "middle@example.com");
  BOOST_TEST(rows[2].at("key") == "last@example.com");
}

BOOST_AUTO_TEST_CASE(a_line_without_end_is_refused_and_does_not_fill_the_memory) {
  ReadyAdmin admin;
  const std::string input = std::string(1 << 20, 'x') + "@example.com\nann@example.com\n";
  const auto rows = admin.json({"add"}, input);
  BOOST_REQUIRE(rows.size() == 2u);
  BOOST_TEST(rows[0].at("result") == "refused");
  BOOST_TEST(rows[0].at("address").get<std::string>().size() == 4096u);
  BOOST_TEST(rows[1].at("result") == "added");
}

BOOST_AUTO_TEST_CASE(no_address_at_all_is_a_mistake_not_a_success) {
  ReadyAdmin admin;
  BOOST_TEST(admin({"add"}).exit_status == 64);
  BOOST_TEST(admin({"add", "-"}).exit_status == 0);  // an empty file, on purpose
}

BOOST_AUTO_TEST_CASE(sets_that_others_keep_are_read_only) {
  ReadyAdmin admin;
  const Finished done = admin({"add", "ann@example.com", "--set", "key:crm:unsubscribed"});
  BOOST_TEST(done.exit_status == 64);
  BOOST_TEST(done.err.find("kept by others") != std::string::npos, done.err);
  BOOST_TEST(admin.redis().cli({"EXISTS", "crm:unsubscribed"}) == "0");
}

BOOST_AUTO_TEST_CASE(a_set_that_no_stream_honours_is_pointed_out) {
  ReadyAdmin admin;
  const Finished done = admin({"add", "ann@example.com", "--set", "stream:newsleters"});
  BOOST_TEST(done.exit_status == 0);
  BOOST_TEST(done.err.find("no stream") != std::string::npos, done.err);
  BOOST_TEST(admin({"add", "ann@example.com", "--list", "a.b"}).err.find("no stream") ==
             std::string::npos);
}

BOOST_AUTO_TEST_CASE(wrong_words_are_refused_before_anything_is_done) {
  const Admin nowhere = Admin::at("unix:/nonexistent/redis.sock");  // never asked
  const std::vector<std::pair<std::vector<std::string>, std::string>> cases{
      {{"--set", "globl"}, "did you mean global?"},
      {{"--set", "lst:a.b"}, "did you mean list:a.b?"},
      {{"--set", "list:"}, "is not a List-Id"},
      {{"--set", "stream:"}, "is not a name"},
      {{"--list", "two words"}, "is not a List-Id"},
      {{"--source", "onclick"}, "no such source"},
      {{"--source", "external"}, "no such source"},
      {{"--since", "02.03.2026"}, "2026-03-02"},
      {{"--since", "2026-02-30"}, "not a date"},
      {{"--since", "2999-01-01"}, "to come"},
      {{"--expires", "30d"}, "only bounces expire"},
      {{"--expires", "30d", "--set", "bounce", "--set", "global"}, "only bounces expire"},
      {{"--expires", "0d", "--set", "bounce"}, "write 1d"},
      {{"--expires", "99999999999d", "--set", "bounce"}, "not a date"},
      {{"--expires", "2020-01-01", "--set", "bounce"}, "past"},
      {{"--reason", std::string(1001, 'x')}, "1000"},
  };
  for (const auto& [flags, expected] : cases) {
    std::vector<std::string> words{"add", "ann@example.com"};
    words.insert(words.end(), flags.begin(), flags.end());
    const Finished done = nowhere(words);
    BOOST_TEST(done.exit_status == 64, flags.back());
    BOOST_TEST(done.err.find(expected) != std::string::npos, done.err);
    BOOST_TEST(done.out.empty());
  }
}

BOOST_AUTO_TEST_CASE(digests_are_written_where_the_configuration_asks_for_them) {
  ReadyAdmin admin;
  std::ofstream(admin.file("address.keys"))
      << "1:000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f\n";
  std::filesystem::permissions(admin.file("address.keys"), std::filesystem::perms::owner_read);
  BOOST_TEST(admin({"add", "plain@example.com"}).exit_status == 0);
  admin.configure(admin.redis().url_unix(), "addresses:\n  store: digest\n  digest_keys: " +
                                                admin.file("address.keys") + "\n");
  BOOST_TEST(admin({"init"}).exit_status == 0);
  BOOST_TEST(admin({"add", "ann@example.com", "@example.org"}).exit_status == 0);
  BOOST_TEST(admin.redis().cli({"SMEMBERS", "optout:set:global"}).find("ann@") ==
             std::string::npos);

  const auto rows =
      admin.json({"check", "ann@example.com", "bob@example.org", "plain@example.com"});
  BOOST_REQUIRE(rows.size() == 3u);
  BOOST_TEST(rows[0].at("matched") == "address_digest");
  BOOST_TEST(rows[0].at("member").get<std::string>().starts_with("#1:"));
  BOOST_TEST(rows[1].at("matched") == "domain_digest");
  BOOST_TEST(rows[2].at("matched") == "address");

  BOOST_TEST(
      admin({"remove", "ann@example.com", "plain@example.com", "--because", "asked"}).exit_status ==
      0);
  BOOST_TEST(admin({"check", "ann@example.com", "plain@example.com"}).exit_status == 1);
}

BOOST_AUTO_TEST_SUITE_END()

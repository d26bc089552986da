// optoutctl remove

#include "admin.h"

#include <boost/test/unit_test.hpp>

#include <algorithm>

using namespace optout::test;

BOOST_AUTO_TEST_SUITE(remove_)

// LG-18
BOOST_AUTO_TEST_CASE(it_needs_a_reason) {
  ReadyAdmin admin;
  admin({"add", "ann@example.com"});
  for (const std::vector<std::string>& words :
       {std::vector<std::string>{"remove", "ann@example.com"},
        {"remove", "ann@example.com", "--because", "  "}}) {
    const Finished done = admin(words);
    BOOST_TEST(done.exit_status == 64);
    BOOST_TEST(done.err.find("--because") != std::string::npos, done.err);
  }
  BOOST_TEST(admin({"check", "ann@example.com"}).exit_status == 0);
}

BOOST_AUTO_TEST_CASE(the_reason_and_the_person_are_kept_as_an_event) {
  ReadyAdmin admin;
  admin({"add", "ann@example.com"});
  BOOST_TEST(admin({"remove", "ann@example.com", "--because", "ticket 4711", "--by", "mona"})
                 .exit_status == 0);
  const std::string events =
      admin.redis().cli({"XREVRANGE", "optout:events", "+", "-", "COUNT", "1"});
  for (const char* word : {"ticket 4711", "mona", "ann@example.com", "remove", "global"}) {
    BOOST_TEST(events.find(word) != std::string::npos, events);
  }
  BOOST_TEST(admin({"check", "ann@example.com"}).exit_status == 1);
}

BOOST_AUTO_TEST_CASE(one_that_was_not_listed_makes_it_exit_1) {
  ReadyAdmin admin;
  admin({"add", "ann@example.com"});
  const std::vector<std::string> words{"remove", "ann@example.com", "bob@example.com", "--because",
                                       "asked"};
  const Finished done = admin(words);
  BOOST_TEST(done.exit_status == 1);
  BOOST_TEST(done.out.find("removed") != std::string::npos);
  BOOST_TEST(done.out.find("not listed") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(other_sets_stay_and_are_named_with_the_command_that_empties_them) {
  ReadyAdmin admin;
  admin({"add", "ann@example.com", "--set", "global", "--set", "complaint"});
  const Finished done = admin({"remove", "ann@example.com", "--because", "asked"});
  BOOST_TEST(done.exit_status == 0);
  BOOST_TEST(done.err.find("still listed in complaint") != std::string::npos, done.err);
  BOOST_TEST(
      done.err.find("remove --set complaint --because '…' ann@example.com\n") != std::string::npos,
      done.err);
  BOOST_TEST(admin({"check", "ann@example.com"}).exit_status == 0);
}

// Or the record would say nothing for good.
BOOST_AUTO_TEST_CASE(LG_18_what_stands_for_a_reason_in_a_suggestion_is_none) {
  ReadyAdmin admin;
  admin({"add", "ann@example.com"});
  for (const char* placeholder : {"…", "..."})
    BOOST_TEST(admin({"remove", "ann@example.com", "--because", placeholder}).exit_status == 64);
  BOOST_TEST(admin({"check", "ann@example.com"}).exit_status == 0);
}

BOOST_AUTO_TEST_CASE(what_begins_with_a_hyphen_is_suggested_behind_two) {
  ReadyAdmin admin;
  BOOST_TEST(
      admin({"add", "--set", "global", "--set", "block", "--", "-ann@example.com"}).exit_status ==
      0);
  const Finished done = admin({"remove", "--because", "asked", "--", "-ann@example.com"});
  BOOST_TEST(done.err.find("--set block --because '…' -- -ann@example.com\n") != std::string::npos,
             done.err);
  const Finished flag = admin({"add", "-ann@example.com"});
  BOOST_TEST(flag.exit_status == 64);
  BOOST_TEST(flag.err.find("optoutctl add -- -ann@example.com\n") != std::string::npos, flag.err);
}

BOOST_AUTO_TEST_CASE(of_many_who_are_still_listed_a_few_are_told_and_the_others_counted) {
  ReadyAdmin admin;
  std::string input;
  for (int i = 0; i < 100; ++i)
    input += "user" + std::to_string(i) + "@example.com\n";
  admin({"add", "--set", "global", "--set", "block"}, input);
  const Finished done = admin({"remove", "--because", "asked"}, input);
  BOOST_TEST(done.exit_status == 0);
  BOOST_TEST(std::count(done.err.begin(), done.err.end(), '\n') == 11, done.err);
  BOOST_TEST(done.err.find("optoutctl: and 90 more in block\n") != std::string::npos, done.err);
}

BOOST_AUTO_TEST_CASE(all_sets_means_lists_and_streams_too) {
  ReadyAdmin admin;
  admin({"add", "ann@example.com", "--set", "global", "--list", "a.example", "--set",
         "stream:default"});
  const Finished done = admin({"remove", "ann@example.com", "--all-sets", "--because", "asked"});
  BOOST_TEST(done.exit_status == 0);
  BOOST_TEST(done.err.empty(), done.err);
  BOOST_TEST(admin({"check", "ann@example.com"}).exit_status == 1);
  BOOST_TEST(admin({"remove", "ann@example.com", "--all-sets", "--because", "asked"}).exit_status ==
             1);
}

// AT-05: a token of before must not bring back what was withdrawn.
BOOST_AUTO_TEST_CASE(of_every_set_removed_the_withdrawal_is_kept) {
  ReadyAdmin admin;
  admin({"add", "ann@example.com", "--set", "global", "--list", "a.example"});
  admin({"remove", "ann@example.com", "--all-sets", "--because", "asked", "--by", "mona"});
  for (const char* set : {"global", "list:a.example"}) {
    const std::string record = admin.redis().cli(
        {"HGET", "optout:entry:ann@example.com", std::string("withdrawn:") + set});
    BOOST_TEST(record.starts_with("since=2"), record);
    BOOST_TEST(record.ends_with("Z by=mona reason=asked"), record);
  }
  const Finished again = admin({"remove", "ann@example.com", "--all-sets", "--because", "asked"});
  BOOST_TEST(again.exit_status == 1);
  BOOST_TEST(again.out.find("withdrawn") == std::string::npos, again.out);
  BOOST_TEST(again.err.empty(), again.err);
}

BOOST_AUTO_TEST_CASE(a_whole_domain_is_not_removed_for_one_of_its_people) {
  ReadyAdmin admin;
  admin({"add", "@example.com"});
  const Finished done = admin({"remove", "ann@example.com", "--all-sets", "--because", "asked"});
  BOOST_TEST(done.exit_status == 1);
  BOOST_TEST(done.err.find("through @example.com; to remove: optoutctl") != std::string::npos,
             done.err);
  BOOST_TEST(admin({"check", "bob@example.com"}).exit_status == 0);
  BOOST_TEST(admin({"remove", "@example.com", "--because", "asked"}).exit_status == 0);
  BOOST_TEST(admin({"check", "bob@example.com"}).exit_status == 1);
}

BOOST_AUTO_TEST_CASE(sets_that_others_keep_are_left_to_them) {
  ReadyAdmin admin;
  admin.configure(admin.redis().url_unix(),
                  "streams:\n  - name: default\n    honours: [global, \"key:crm:gone\"]\n");
  admin.redis().cli({"SADD", "crm:gone", "ann@example.com"});
  admin({"add", "ann@example.com"});
  const Finished done = admin({"remove", "ann@example.com", "--all-sets", "--because", "asked"});
  BOOST_TEST(done.exit_status == 0);
  BOOST_TEST(done.err.find("key:crm:gone, which others keep") != std::string::npos, done.err);
  BOOST_TEST(admin.redis().cli({"SCARD", "crm:gone"}) == "1");
  BOOST_TEST(
      admin({"remove", "ann@example.com", "--set", "key:crm:gone", "--because", "x"}).exit_status ==
      64);
}

BOOST_AUTO_TEST_CASE(what_others_put_in_without_evidence_can_be_removed) {
  ReadyAdmin admin;
  admin.redis().cli({"SADD", "optout:set:global", "ann@example.com"});
  BOOST_TEST(admin({"remove", "ann@example.com", "--because", "asked"}).exit_status == 0);
  BOOST_TEST(admin.redis().cli({"SCARD", "optout:set:global"}) == "0");
}

BOOST_AUTO_TEST_CASE(a_suggested_command_is_safe_to_paste) {
  ReadyAdmin admin;
  admin({"add", "\"; rm -rf 'x'\"@example.com", "--set", "block"});
  const Finished done = admin({"remove", "\"; rm -rf 'x'\"@example.com", "--because", "asked"});
  BOOST_TEST(done.exit_status == 1);
  BOOST_TEST(
      done.err.find(R"(remove --set block --because '…' '"; rm -rf '\''x'\''"@example.com')") !=
          std::string::npos,
      done.err);
}

BOOST_AUTO_TEST_CASE(flags_that_contradict_each_other_are_refused) {
  const Admin nowhere = Admin::at("unix:/nonexistent/redis.sock");
  BOOST_TEST(nowhere({"remove", "a@b.example", "--all-sets", "--set", "block", "--because", "x"})
                 .exit_status == 64);
}

BOOST_AUTO_TEST_SUITE_END()

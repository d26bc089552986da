// What is typed before and around a verb.

#include "admin.h"

#include <boost/test/unit_test.hpp>

using namespace optout::test;

namespace {

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(command_line)

BOOST_AUTO_TEST_CASE(without_arguments_help_is_talk_and_the_exit_code_is_64) {
  const Finished done = optoutctl({});
  BOOST_TEST(done.exit_status == 64);
  BOOST_TEST(done.out.empty());
  for (const char* verb : {"init", "add", "remove", "check"})
    BOOST_TEST(has(done.err, verb), done.err);
}

BOOST_AUTO_TEST_CASE(help_that_was_asked_for_is_data) {
  for (const std::vector<std::string>& words : {std::vector<std::string>{"-h"},
                                                {"--help"},
                                                {"add", "--help"},
                                                {"remove", "-h"},
                                                {"check", "-h"},
                                                {"init", "-h"}}) {
    const Finished done = optoutctl(words);
    BOOST_TEST(done.exit_status == 0);
    BOOST_TEST(has(done.out, "--output"));
    BOOST_TEST(done.err.empty());
  }
}

BOOST_AUTO_TEST_CASE(the_version_is_told_with_and_without_a_verb) {
  for (const std::vector<std::string>& words :
       {std::vector<std::string>{"-V"}, {"--version"}, {"check", "-V"}}) {
    const Finished done = optoutctl(words);
    BOOST_TEST(done.exit_status == 0);
    BOOST_TEST(done.out.starts_with("optoutctl 0."), done.out);
  }
}

BOOST_AUTO_TEST_CASE(a_slip_in_a_verb_or_a_flag_is_met_with_a_suggestion) {
  const std::vector<std::pair<std::vector<std::string>, std::string>> cases{
      {{"chekc", "ann@example.com"}, "no such verb: chekc (did you mean check?)"},
      {{"frobnicate"}, "no such verb: frobnicate\n"},
      {{"evil\x1b[2J"}, "no such verb: evil\\x1b[2J"},
      {{"-q"}, "which verb?"},
      {{"check", "--outptu", "json", "a@b.example"},
       "no such flag: --outptu (did you mean --output?)"},
      {{"remove", "--becuase=x", "a@b.example"},
       "no such flag: --becuase (did you mean --because?)"},
      {{"--qiet", "check"}, "no such flag: --qiet (did you mean --quiet?)"},
      {{"check", "-o", "jsn", "a@b.example"}, "no such format (did you mean json?)"},
      {{"check", "-o"}, "see: optoutctl check --help"},
      {{"init", "ann@example.com"}, "too many arguments: ann@example.com"},
  };
  for (const auto& [words, expected] : cases) {
    const Finished done = optoutctl(words);
    BOOST_TEST(done.exit_status == 64, expected);
    BOOST_TEST(has(done.err, expected), done.err);
    BOOST_TEST(done.out.empty());
  }
}

BOOST_AUTO_TEST_CASE(flags_of_all_verbs_stand_before_or_after_the_verb) {
  ReadyAdmin admin;
  const std::string config = admin.file("optout-milter.yaml");
  const std::string expected = optoutctl({"check", "a@b.example", "-c", config, "-o", "csv"}).out;
  BOOST_TEST(has(expected, "address,key,listed"));
  BOOST_TEST(optoutctl({"-c", config, "-o", "csv", "check", "a@b.example"}).out == expected);
  BOOST_TEST(optoutctl({"-o", "csv", "check", "--config", config, "a@b.example"}).out == expected);
  BOOST_TEST(optoutctl({"-o", "json", "check", "-ocsv", "--config=" + config, "a@b.example"}).out ==
             expected);
}

BOOST_AUTO_TEST_CASE(an_address_may_be_called_like_a_verb_or_a_flag) {
  ReadyAdmin admin;
  BOOST_TEST(admin.json({"add", "--", "-x@example.com"})[0].at("key") == "-x@example.com");
  BOOST_TEST(admin.json({"check", "check", "add"}).size() == 2u);
}

BOOST_AUTO_TEST_SUITE_END()

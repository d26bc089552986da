// optoutctl(1) holds every verb and every flag that the program's own help names, and no other.

#include "admin.h"

#include <boost/algorithm/string/join.hpp>
#include <boost/algorithm/string/predicate.hpp>
#include <boost/test/unit_test.hpp>

#include <cstdlib>
#include <fstream>
#include <set>
#include <sstream>

using namespace optout::test;

namespace {

std::string manual_file() {
  const char* source = std::getenv("OPTOUT_SOURCE");
  BOOST_REQUIRE_MESSAGE(source != nullptr,
                        "OPTOUT_SOURCE does not say where the sources are (ctest does)");
  return std::string(source) + "/packaging/man/optoutctl.1";
}

bool part_of_a_flag(char c) {
  return (c >= 'a' && c <= 'z') || c == '-';
}

std::vector<std::string> lines_of(const std::string& text) {
  std::istringstream in(text);
  std::vector<std::string> lines;
  for (std::string line; std::getline(in, line);)
    lines.push_back(line);
  return lines;
}

// Lines of a section of help, such as "Options:"; newer versions of CLI11 write it in capitals.
std::vector<std::string> section(const std::string& help, const std::string& title) {
  std::vector<std::string> found;
  bool inside = false;
  for (const std::string& line : lines_of(help)) {
    if (!line.starts_with("  ")) {
      inside = boost::algorithm::istarts_with(line, title);
    } else if (inside) {
      found.push_back(line);
    }
  }
  return found;
}

std::vector<std::string> named_below(Words words) {
  words.emplace_back("--help");
  std::vector<std::string> found;
  for (const std::string& line : section(optoutctl(words).out, "Subcommands"))
    found.push_back(line.substr(2, line.find(' ', 2) - 2));
  return found;
}

// As they are typed: "add", and of a group "keys new", but not "keys".
std::vector<Words> verbs() {
  std::vector<Words> found;
  for (const std::string& verb : named_below({})) {
    const std::vector<std::string> group = named_below({verb});
    if (group.empty()) found.push_back({verb});
    for (const std::string& one : group)
      found.push_back({verb, one});
  }
  return found;
}

std::set<std::string> verbs_of_help() {
  std::set<std::string> found;
  for (const Words& verb : verbs())
    found.insert(boost::algorithm::join(verb, " "));
  return found;
}

// "--output" from "  -o,--output FORMAT   Results as …".
std::set<std::string> flags(const std::vector<std::string>& words) {
  std::set<std::string> found;
  for (const std::string& line : section(optoutctl(words).out, "Options")) {
    const auto at = line.find("--");
    if (at == std::string::npos || at > 12) continue;
    auto end = at;
    while (end < line.size() && part_of_a_flag(line[end]))
      ++end;
    found.insert(line.substr(at, end - at));
  }
  return found;
}

// Flags that the manual explains: items such as ".It Fl o , -output Ar format".
std::set<std::string> explained_flags() {
  std::ifstream in(manual_file());
  std::set<std::string> found;
  for (std::string line; std::getline(in, line);) {
    if (!line.starts_with(".It Fl ")) continue;
    std::istringstream words(line);
    for (std::string word; words >> word;) {
      if (word.size() > 2 && word[0] == '-') found.insert("-" + word);
    }
  }
  return found;
}

std::set<std::string> explained_verbs() {
  std::ifstream in(manual_file());
  std::set<std::string> found;
  bool in_synopsis = false;
  for (std::string line; std::getline(in, line);) {
    if (line.starts_with(".Sh ")) in_synopsis = line == ".Sh SYNOPSIS";
    if (in_synopsis && line.starts_with(".Cm ")) found.insert(line.substr(4));
  }
  return found;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(manual)

BOOST_AUTO_TEST_CASE(every_verb_is_in_the_manual_and_the_reverse) {
  BOOST_TEST(verbs_of_help().size() >= 4u);
  BOOST_TEST(verbs_of_help() == explained_verbs(), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(every_flag_is_in_the_manual_and_the_reverse) {
  std::set<std::string> all = flags({"--help"});
  for (Words verb : verbs()) {
    verb.emplace_back("--help");
    all.merge(flags(verb));
  }
  BOOST_TEST(all.size() >= 14u);
  BOOST_TEST(all == explained_flags(), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(every_exit_code_that_help_names_is_in_the_manual) {
  std::ifstream in(manual_file());
  const std::string manual{std::istreambuf_iterator<char>(in), {}};
  for (const char* code : {"0", "1", "64", "65", "66", "69", "70", "73", "75", "76", "77", "78"}) {
    BOOST_TEST(manual.find(std::string("\n.It ") + code + "\n") != std::string::npos, code);
  }
}

BOOST_AUTO_TEST_CASE(the_page_is_clean_mdoc) {
  if (!find_program("mandoc")) {
    BOOST_TEST_MESSAGE("not checked: mandoc is not installed");
    return;
  }
  const Finished done = run({"mandoc", "-T", "lint", "-W", "warning", manual_file()});
  BOOST_TEST(done.exit_status == 0, done.out + done.err);
}

BOOST_AUTO_TEST_SUITE_END()

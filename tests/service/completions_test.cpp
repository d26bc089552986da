// What shells offer is what the programs know.

#include "support/process.h"

#include <boost/test/unit_test.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <set>
#include <sstream>
#include <vector>

namespace optout::test {
namespace {

using Words = std::set<std::string>;

std::string file(std::string_view name) {
  return fmt::format("{}/packaging/completions/{}", std::getenv("OPTOUT_SOURCE"), name);
}

std::vector<std::string> environment() {
  return {fmt::format("PATH={}:{}", std::getenv("OPTOUT_BIN"), std::getenv("PATH"))};
}

Words lines_of(const std::string& text) {
  std::istringstream in(text);
  Words lines;
  for (std::string line; std::getline(in, line);)
    if (!line.empty()) lines.insert(line.substr(0, line.find('\t')));
  return lines;
}

// What a real bash offers for the last of `words`.
Words offered_by_bash(const std::string& program, std::vector<std::string> words) {
  constexpr const char* kScript =
      ". \"$1\"; shift; function=$1; shift; COMP_WORDS=(\"$@\"); COMP_CWORD=$(($# - 1)); "
      "$function; printf '%s\\n' \"${COMPREPLY[@]}\"";
  std::string function = "_" + program;
  std::replace(function.begin(), function.end(), '-', '_');
  std::vector<std::string> argv{"bash",   "-c",   kScript, "bash", file(program + ".bash"),
                                function, program};
  argv.insert(argv.end(), words.begin(), words.end());
  return lines_of(run(argv, {}, environment()).out);
}

// What stands first in the lines of a section of help.
Words section(const std::vector<std::string>& verb, const std::string& title) {
  std::vector<std::string> argv{fmt::format("{}/optoutctl", std::getenv("OPTOUT_BIN"))};
  argv.insert(argv.end(), verb.begin(), verb.end());
  argv.emplace_back("--help");
  std::istringstream in(run(argv).out);
  Words found;
  bool inside = false;
  for (std::string line; std::getline(in, line);) {
    if (!line.starts_with("  ")) {
      std::transform(line.begin(), line.end(), line.begin(),
                     [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
      inside = line.starts_with(title);
    } else if (inside && title == "options") {
      const auto at = line.find("--");
      found.insert(line.substr(at, line.find_first_not_of("abcdefghijklmnopqrstuvwxyz-", at) - at));
    } else if (inside) {
      found.insert(line.substr(2, line.find(' ', 2) - 2));
    }
  }
  return found;
}

void complete(const std::vector<std::string>& verb) {
  std::vector<std::string> words = verb;
  words.emplace_back("--");
  BOOST_TEST(offered_by_bash("optoutctl", words) == section(verb, "options"),
             boost::test_tools::per_element());
  const Words verbs = section(verb, "subcommands");
  words.back().clear();
  if (verbs.empty()) return;
  BOOST_TEST(offered_by_bash("optoutctl", words) == verbs, boost::test_tools::per_element());
  for (const std::string& name : verbs) {
    words.back() = name;
    complete(words);
  }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(completions)

BOOST_AUTO_TEST_CASE(bash_offers_every_verb_and_flag_of_optoutctl_and_no_other) {
  BOOST_TEST(section({}, "subcommands").contains("check"));
  complete({});
}

BOOST_AUTO_TEST_CASE(bash_offers_what_a_flag_takes) {
  BOOST_TEST(
      (offered_by_bash("optoutctl", {"check", "-o", ""}) == Words{"table", "json", "csv", "tab"}));
  BOOST_TEST((offered_by_bash("optoutctl", {"add", "--set", "co"}) == Words{"complaint"}));
  BOOST_TEST(offered_by_bash("optoutctl", {"remove", "--because", ""}).empty());
  BOOST_TEST((offered_by_bash("optoutctl", {"-c", "x.yaml", "guard", "rel"}) == Words{"release"}));
}

BOOST_AUTO_TEST_CASE(every_shell_knows_the_flags_of_the_daemon) {
  const std::string usage =
      run({fmt::format("{}/optout-milter", std::getenv("OPTOUT_BIN")), "-h"}).out;
  Words flags;
  std::istringstream lines(usage);
  for (std::string line; std::getline(lines, line);)
    if (line.starts_with("  -")) flags.insert(line.substr(2, 2));
  BOOST_TEST(flags.size() == 8u);
  BOOST_TEST(offered_by_bash("optout-milter", {"-"}) == flags, boost::test_tools::per_element());
  Words zsh;
  Words fish;
  std::istringstream of_zsh(run({"cat", file("_optout-milter")}).out);
  for (std::string line; std::getline(of_zsh, line);)
    if (const auto at = line.find('['); at != std::string::npos) zsh.insert(line.substr(at - 2, 2));
  std::istringstream of_fish(run({"cat", file("optout-milter.fish")}).out);
  for (std::string line; std::getline(of_fish, line);)
    if (const auto at = line.find(" -s "); at != std::string::npos)
      fish.insert("-" + line.substr(at + 4, 1));
  BOOST_TEST(zsh == flags, boost::test_tools::per_element());
  BOOST_TEST(fish == flags, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(zsh_and_fish_find_no_slip_and_fish_offers_the_same) {
  if (find_program("zsh")) {
    for (const char* name : {"_optoutctl", "_optout-milter"})
      BOOST_TEST(run({"zsh", "-n", file(name)}).exit_status == 0);
  } else {
    BOOST_TEST_MESSAGE("skipped: zsh is not installed");
  }
  if (!find_program("fish")) {
    BOOST_TEST_MESSAGE("skipped: fish is not installed");
    return;
  }
  for (const char* name : {"optoutctl.fish", "optout-milter.fish"})
    BOOST_TEST(run({"fish", "-n", file(name)}).exit_status == 0);
  const auto offered = [](const std::string& line) {
    return lines_of(
        run({"fish", "--private", "-c",
             fmt::format("source '{}'; complete -C '{}'", file("optoutctl.fish"), line)},
            {}, environment())
            .out);
  };
  BOOST_TEST(offered("optoutctl ") == section({}, "subcommands"), boost::test_tools::per_element());
  BOOST_TEST(offered("optoutctl guard ") == section({"guard"}, "subcommands"),
             boost::test_tools::per_element());
  BOOST_TEST(offered("optoutctl add --") == section({"add"}, "options"),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace optout::test

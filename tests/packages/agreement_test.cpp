// What the same release says of itself in several places, and what a build needs, said once for
// dpkg and once for install-packages.

#include "support/process.h"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>
#include <string>
#include <string_view>

namespace optout {
namespace {

namespace fs = std::filesystem;

fs::path source() {
  return std::getenv("OPTOUT_SOURCE");
}

std::string text_of(const fs::path& file) {
  std::ostringstream text;
  text << std::ifstream(source() / file).rdbuf();
  BOOST_REQUIRE_MESSAGE(!text.str().empty(), "cannot read " << file);
  return text.str();
}

// What stands between the first `before` and the next `after`.
std::string between(std::string_view text, std::string_view before, std::string_view after) {
  const auto from = text.find(before);
  BOOST_REQUIRE_MESSAGE(from != std::string_view::npos, "there is no " << before);
  text.remove_prefix(from + before.size());
  return std::string(text.substr(0, text.find(after)));
}

std::set<std::string> words_of(std::string_view text) {
  std::istringstream in{std::string(text)};
  std::set<std::string> words;
  for (std::string word; in >> word;)
    words.insert(word);
  return words;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(packages)

BOOST_AUTO_TEST_CASE(every_change_log_is_of_the_version_that_is_built) {
  const std::string cmake =
      between(text_of("CMakeLists.txt"), "project(optout-milter VERSION ", " ");
  BOOST_TEST(between(text_of("packaging/CHANGELOG.md"), "## ", " ") == cmake);
  BOOST_TEST(between(text_of("packaging/debian/changelog"), "(", "-") == cmake);
  BOOST_TEST(between(text_of("packaging/rpm/optout-milter.spec"), "\nVersion:        ", "\n") ==
             cmake);
  const auto program = test::run({std::string(std::getenv("OPTOUT_BIN")) + "/optout-milter", "-V"});
  BOOST_TEST(program.out == "optout-milter " + cmake + "\n");
}

BOOST_AUTO_TEST_CASE(install_packages_installs_what_debian_control_asks_for) {
  const std::string list = text_of("packaging/install-packages");
  const std::set<std::string> installed =
      words_of(between(list, "build) ", ";;") + " " + between(list, "package) ", ";;"));
  std::istringstream wanted(
      between(text_of("packaging/debian/control"), "Build-Depends:\n", "\n\n"));
  std::size_t found = 0;
  for (std::string line; std::getline(wanted, line); ++found) {
    std::string name = between(line, " ", ",");
    name.erase(std::min(name.find(' '), name.size()));
    if (name == "debhelper-compat") name = "debhelper";  // provided by it
    if (name == "pkgconf") name = "pkg-config";          // an empty package that depends on it
    BOOST_TEST(installed.contains(name), "install-packages does not know " << name);
  }
  BOOST_TEST(found > 10u);  // else this test looks for the wrong thing
}

BOOST_AUTO_TEST_CASE(the_license_is_the_same_everywhere) {
  const std::string conditions =
      between(text_of("LICENSE"), "Redistribution and use", "CONTRIBUTORS");
  const std::string copyright =
      between(text_of("packaging/debian/copyright"), "Redistribution and use", "CONTRIBUTORS");
  std::set<std::string> there = words_of(copyright);
  there.erase(".");  // an empty line
  BOOST_TEST(words_of(conditions) == there, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(readme_debian_gives_postfix_the_lines_of_the_tested_recipes) {
  const std::string recipes =
      text_of("config/recipes/socket.md") + text_of("config/recipes/pickup.md");
  std::istringstream section(
      between(text_of("packaging/debian/README.Debian"), "2a. Postfix", "postfix reload"));
  std::size_t found = 0;
  for (std::string line; std::getline(section, line);) {
    if (!line.starts_with("    ") || line.find('=') == std::string::npos) continue;
    ++found;
    BOOST_TEST(recipes.find("\n" + line.substr(4) + "\n") != std::string::npos, line);
  }
  BOOST_TEST(found == 5u);
}

BOOST_AUTO_TEST_CASE(scripts_of_the_packages_are_clean) {
  if (!test::find_program("shellcheck")) {
    BOOST_TEST_MESSAGE("skipped: shellcheck is not installed");
    return;
  }
  for (const char* script :
       {"packaging/build-deb", "packaging/debian/optout-milter.postinst",
        "packaging/debian/optout-milter.postrm", "packaging/debian/optout-milter.prerm",
        "packaging/debian/tests/as-installed", "packaging/debian/tests/optoutctl",
        "tests/packages/in-chroot", "tests/packages/life-of-a-package"}) {
    const test::Finished lint = test::run({"shellcheck", source() / script});
    BOOST_TEST(lint.exit_status == 0, script << ": " << lint.out);
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace optout

// The manual against the program: what optout-milter -h offers and what the log can say.

#include "metrics/metric.h"
#include "support/process.h"
#include "util/fault.h"

#include <boost/test/unit_test.hpp>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>
#include <string>

namespace optout {
namespace {

std::string read(const std::filesystem::path& file) {
  std::ifstream in(file);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

std::filesystem::path source() {
  return std::getenv("OPTOUT_SOURCE");
}
std::string program() {
  return std::string(std::getenv("OPTOUT_BIN")) + "/optout-milter";
}

}  // namespace

BOOST_AUTO_TEST_SUITE(manual)

BOOST_AUTO_TEST_CASE(every_option_of_the_program_is_in_the_manual_and_the_reverse) {
  const std::string page = read(source() / "packaging/man/optout-milter.8");
  const test::Finished help = test::run({program(), "-h"});
  BOOST_REQUIRE_EQUAL(help.exit_status, 0);
  for (char option = 'A'; option <= 'z'; ++option) {
    const bool offered = help.out.find(std::string("\n  -") + option + ' ') != std::string::npos;
    const bool described = page.find(std::string("\n.It Fl ") + option) != std::string::npos;
    BOOST_TEST(offered == described, "-" << option);
  }
}

BOOST_AUTO_TEST_CASE(every_fault_that_a_log_line_can_name_is_in_the_manual) {
  const std::string page = read(source() / "packaging/man/optout-milter.8");
  for (int i = 0; i <= static_cast<int>(Fault::internal); ++i) {
    const std::string word(to_string(static_cast<Fault>(i)));
    BOOST_TEST(page.find(word) != std::string::npos, word);
  }
}

BOOST_AUTO_TEST_CASE(every_metric_with_its_labels_is_in_the_manual_and_no_other) {
  std::set<std::string> described;
  std::istringstream page(read(source() / "packaging/man/optout-milter.8"));
  for (std::string line; std::getline(page, line);) {
    if (line.starts_with(".It Li optout_") || line.starts_with(".It Li process_"))
      described.insert(line.substr(sizeof(".It Li")));
  }
  std::set<std::string> counted;
  for (const Metric* metric : metrics::all()) {
    std::string form(metric->name);
    const auto& [first, second] = metric->labels;
    if (!first.empty()) form += "{" + std::string(first) + (second.empty() ? "" : ",");
    if (!first.empty()) form += std::string(second) + "}";
    counted.insert(form);
  }
  BOOST_TEST(described == counted, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(wrong_use_gets_one_sentence_and_exit_64) {
  for (const auto& arguments : {std::vector<std::string>{"-x"}, {"-c"}, {"surplus"}}) {
    std::vector<std::string> argv{program()};
    argv.insert(argv.end(), arguments.begin(), arguments.end());
    const test::Finished outcome = test::run(argv);
    BOOST_TEST(outcome.exit_status == 64);
    BOOST_TEST(outcome.out.empty());
    BOOST_TEST(outcome.err.find("optout-milter -h") != std::string::npos);
  }
}

BOOST_AUTO_TEST_CASE(a_configuration_that_is_not_there_is_exit_78) {
  const test::Finished outcome = test::run({program(), "-t", "-c", "/nonexistent/x.yaml"});
  BOOST_TEST(outcome.exit_status == 78);
  BOOST_TEST(outcome.err.find("/nonexistent/x.yaml") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(manual_pages_are_well_formed) {
  if (!test::find_program("mandoc")) {
    BOOST_TEST_MESSAGE("skipped: mandoc is not installed");
    return;
  }
  for (const auto& page : std::filesystem::directory_iterator(source() / "packaging/man")) {
    const test::Finished lint = test::run({"mandoc", "-T", "lint", "-W", "warning", page.path()});
    BOOST_TEST(lint.exit_status == 0, page.path() << ": " << lint.out << lint.err);
  }
}

BOOST_AUTO_TEST_CASE(shell_scripts_are_clean) {
  if (!test::find_program("shellcheck")) {
    BOOST_TEST_MESSAGE("skipped: shellcheck is not installed");
    return;
  }
  for (const char* script :
       {"packaging/quickstart", "packaging/install-packages", "packaging/unpack-sendmail",
        "tests/run", "tests/bench/run", ".ci/run"}) {
    const test::Finished lint = test::run({"shellcheck", source() / script});
    BOOST_TEST(lint.exit_status == 0, script << ": " << lint.out);
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace optout

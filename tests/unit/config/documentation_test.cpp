// Every setting the reader knows is in the shipped file and in the manual, and neither has any
// other.

#include "config/reader.h"
#include "scratch.h"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <chrono>
#include <set>
#include <sstream>
#include <string>

using namespace optout;
using namespace std::chrono_literals;

namespace {

using Names = std::set<std::string>;

Names known() {
  const auto settings = known_settings();
  return {settings.begin(), settings.end()};
}

Names asked_for(const Loaded& loaded) {
  Names names;
  for (const Effective& effective : loaded.effective)
    names.insert(effective.setting);
  return names;
}

std::string shipped_file() {
  return contents(source_tree() / "config/optout-milter.yaml");
}

// "# Text", and the example "#   - name: …", unlike "#listen: …" and "#  - name: …": indentation is
// even, so that an odd number of spaces is one more than that.
bool is_commented_text(const std::string& line) {
  if (!line.starts_with('#')) return false;
  const auto first = line.find_first_not_of(' ', 1);
  return first == std::string::npos || (first - 1) % 2 == 1;
}

// The shipped file with every setting switched on.
std::string with_everything_uncommented() {
  std::istringstream stream(shipped_file());
  std::string out;
  for (std::string line; std::getline(stream, line);) {
    const bool is_setting = line.starts_with('#') && !is_commented_text(line);
    out += (is_setting ? line.substr(1) : line) + '\n';
  }
  return out;
}

// The streams with conditions that it shows as an example.
std::string example_of_streams() {
  std::istringstream stream(shipped_file());
  std::string out;
  for (std::string line; std::getline(stream, line);) {
    if (line == "# streams:" || (!out.empty() && line.starts_with("#  "))) {
      out += line.substr(2) + '\n';
    } else if (!out.empty()) {
      break;
    }
  }
  return out;
}

// A limit of the bulk guard, explained as a whole: "    - { recipients: 500 per 1h, then: hold }".
bool is_limit(const std::string& line) {
  const auto first = line.find_first_not_of(' ');
  return first != std::string::npos && line.substr(first).starts_with("- {");
}

// The defaults, but for what is not commented out.
Config as_shipped() {
  Config config;
  config.mode = config.streams.front().mode = Mode::monitor;
  config.guard.mode = GuardMode::monitor;
  config.guard.limits = {
      {.kind = LimitKind::recipients, .most = 500, .window = 1h, .then = Step::hold},
      {.kind = LimitKind::recipients, .most = 5000, .window = 24h, .then = Step::reject},
      {.kind = LimitKind::recipients_per_message, .most = 100, .then = Step::hold},
      {.kind = LimitKind::same_message,
       .most = 200,
       .window = 1h,
       .without_list_unsubscribe = true,
       .then = Step::reject},
      {.kind = LimitKind::opted_out, .most = 50, .percent = 20, .window = 1h, .then = Step::hold}};
  return config;
}

// The settings with an item of their own in the manual: ".It Cm redis.timeout".
Names in_manual() {
  std::istringstream stream(contents(source_tree() / "packaging/man/optout-milter.yaml.5"));
  Names names;
  for (std::string line; std::getline(stream, line);) {
    std::istringstream words(line);
    std::string macro, kind, name;
    if (words >> macro >> kind >> name && macro == ".It" && kind == "Cm") names.insert(name);
  }
  return names;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(documentation)

BOOST_AUTO_TEST_CASE(the_reader_asks_for_every_known_setting_and_no_other) {
  Names asked = asked_for(parse_config("", "empty.yaml"));
  asked.merge(asked_for(parse_config(example_of_streams(), "shipped.yaml")));  // conditions too
  BOOST_TEST(asked == known(), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(the_streams_in_the_shipped_file_are_as_they_should_be) {
  const Loaded loaded = parse_config(example_of_streams(), "shipped.yaml");
  for (const Complaint& complaint : loaded.complaints)
    BOOST_ERROR(complaint.to_string());
  BOOST_TEST(loaded.config.streams.size() == 3U);  // with the built-in one
}

BOOST_AUTO_TEST_CASE(the_manual_has_every_known_setting_and_no_other) {
  BOOST_TEST(in_manual() == known(), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(the_shipped_file_has_every_known_setting_and_no_other) {
  const Loaded loaded = parse_config(with_everything_uncommented(), "shipped.yaml");
  for (const Complaint& complaint : loaded.complaints)
    BOOST_ERROR(complaint.to_string());
  for (const Effective& effective : loaded.effective) {
    BOOST_TEST(effective.origin != "default", effective.setting << " is not in the shipped file");
  }
}

BOOST_AUTO_TEST_CASE(the_shipped_file_loads_without_complaints_and_only_monitors) {
  const Loaded loaded = load_config((source_tree() / "config/optout-milter.yaml").string());
  for (const Complaint& complaint : loaded.complaints)
    BOOST_ERROR(complaint.to_string());
  BOOST_TEST((loaded.config == as_shipped()));
}

// So that a fresh installation says what it would have stopped, and stops nothing.
BOOST_AUTO_TEST_CASE(the_shipped_file_has_the_guard_watch_without_stopping_anybody) {
  const GuardOptions guard = as_shipped().guard;
  const Loaded loaded = load_config((source_tree() / "config/optout-milter.yaml").string());
  BOOST_TEST((loaded.config.guard.mode == GuardMode::monitor));
  BOOST_TEST(loaded.config.guard.limits.size() == 5U);
  BOOST_TEST((loaded.config.guard == guard));
}

BOOST_AUTO_TEST_CASE(what_the_shipped_file_shows_commented_out_are_the_defaults) {
  const Loaded loaded = parse_config(with_everything_uncommented(), "shipped.yaml");
  BOOST_TEST((loaded.config == as_shipped()));
}

BOOST_AUTO_TEST_CASE(the_shipped_file_explains_every_setting_in_the_same_form) {
  std::istringstream stream(shipped_file());
  std::string before_last, last;
  for (std::string line; std::getline(stream, line); before_last = last, last = line) {
    const auto first = line.find_first_not_of("# -");
    if (is_commented_text(line) || first == std::string::npos || line.ends_with(':')) continue;
    if (line.find_first_not_of(' ') == line.find("# ")) continue;  // indented text
    if (is_limit(line)) {
      BOOST_TEST(last.find("    # ") == 0U, line << " is not explained");
      continue;
    }
    BOOST_TEST_CONTEXT(line) {
      BOOST_TEST(last.find("# Default: ") != std::string::npos);
      BOOST_TEST(before_last.find("# Example: ") != std::string::npos);
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()

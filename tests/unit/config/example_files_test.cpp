// Plays the folders of tests/config: in bad/ one for each way to be wrong, with the words an
// administrator must be told in `expected`; in good/ files that are accepted, with the warnings in
// `expected` (if any) and some of the settings that must then be in effect in `settings`.
//
// Each folder is copied to a directory of its own first: @DIR@ in a YAML file becomes its name, and
// files are readable by owner and group only, except those named world-*.

#include "config/reader.h"
#include "scratch.h"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <filesystem>
#include <sstream>
#include <string>
#include <vector>

namespace fs = std::filesystem;
using namespace optout;

namespace {

std::vector<std::string> folders(const std::string& kind) {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(source_tree() / "tests/config" / kind)) {
    names.push_back(kind + "/" + entry.path().filename().string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

std::vector<std::string> lines(const fs::path& file) {
  std::vector<std::string> out;
  if (!fs::exists(file)) return out;
  std::istringstream stream(contents(file));
  for (std::string line; std::getline(stream, line);)
    out.push_back(line);
  return out;
}

class Example {
public:
  explicit Example(const std::string& folder) : source_(source_tree() / "tests/config" / folder) {
    for (const auto& entry : fs::recursive_directory_iterator(source_)) {
      const fs::path name = fs::relative(entry.path(), source_);
      if (entry.is_directory()) {
        fs::create_directories(scratch_.path() / name);
        continue;
      }
      const bool for_all = name.filename().string().starts_with("world-");
      scratch_.write(name.string(),
                     replaced(contents(entry.path()), "@DIR@", scratch_.path().string()),
                     for_all ? 0644 : 0640);
    }
    loaded_ = load_config((scratch_.path() / "optout-milter.yaml").string());
  }

  const Loaded& loaded() const { return loaded_; }
  std::vector<std::string> expected() const { return lines(source_ / "expected"); }
  std::vector<std::string> settings() const { return lines(source_ / "settings"); }

  // What was said, with the names of files as base names.
  std::vector<std::string> said() const {
    std::vector<std::string> out;
    for (const Complaint& complaint : loaded_.complaints) {
      out.push_back(replaced(complaint.to_string(), scratch_.path().string() + "/", ""));
    }
    return out;
  }

private:
  fs::path source_;
  Scratch scratch_;
  Loaded loaded_;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(example_files)

BOOST_DATA_TEST_CASE(a_bad_file_is_refused_with_the_expected_words, folders("bad"), folder) {
  const Example example(folder);
  BOOST_TEST(!example.loaded().usable());
  BOOST_TEST(example.said() == example.expected(), boost::test_tools::per_element());
}

BOOST_DATA_TEST_CASE(a_good_file_is_accepted_with_the_expected_warnings, folders("good"), folder) {
  const Example example(folder);
  BOOST_TEST(example.loaded().usable());
  BOOST_TEST(example.said() == example.expected(), boost::test_tools::per_element());
}

BOOST_DATA_TEST_CASE(a_good_file_sets_what_it_says, folders("good"), folder) {
  const Example example(folder);
  std::vector<std::string> in_effect;
  for (const Effective& effective : example.loaded().effective) {
    in_effect.push_back(effective.setting + ": " + effective.value);
  }
  BOOST_TEST(!example.settings().empty());
  for (const std::string& setting : example.settings()) {
    const bool found = std::find(in_effect.begin(), in_effect.end(), setting) != in_effect.end();
    BOOST_TEST(found, setting << " is not in effect");
  }
}

BOOST_AUTO_TEST_SUITE_END()

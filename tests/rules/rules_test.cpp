// Who may include what, and how long a file may get: the rules of milter/README.md, held to the
// tree.

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace optout {
namespace {

namespace fs = std::filesystem;

fs::path source() {
  return std::getenv("OPTOUT_SOURCE");
}

std::vector<std::string> lines_of(const fs::path& file) {
  std::ifstream in(file);
  std::vector<std::string> lines;
  for (std::string line; std::getline(in, line);)
    lines.push_back(line);
  return lines;
}

std::vector<fs::path> sources() {
  std::vector<fs::path> files;
  for (const auto& entry : fs::recursive_directory_iterator(source() / "milter")) {
    const auto extension = entry.path().extension();
    if (extension == ".h" || extension == ".cpp") files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

std::string room_of(const fs::path& file) {
  return file.lexically_relative(source() / "milter").begin()->string();
}

// What an include line includes, or nothing.
std::string_view included(std::string_view line) {
  if (!line.starts_with("#include")) return {};
  const auto from = line.find_first_of("<\"");
  const auto to = line.find_last_of(">\"");
  return from < to ? line.substr(from + 1, to - from - 1) : std::string_view();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(rules)

BOOST_AUTO_TEST_CASE(each_ugly_library_is_known_to_one_room) {
  const std::map<std::string_view, std::string_view> only_here{
      {"libmilter/", "session"}, {"hiredis/", "redis"},      {"openssl/ssl", "redis"},
      {"yaml-cpp/", "config"},   {"CLI/", "optoutctl"},      {"nlohmann/", "optoutctl"},
      {"unicode/", "address"},   {"prometheus/", "metrics"}, {"microhttpd", "metrics"},
  };
  std::size_t found = 0;
  for (const fs::path& file : sources()) {
    for (const std::string& line : lines_of(file)) {
      for (const auto& [library, room] : only_here) {
        if (!included(line).starts_with(library)) continue;
        ++found;
        // Column widths on a terminal are a matter of Unicode, too; so are names in header fields.
        const bool shows_text = room_of(file) == "optoutctl" || room_of(file) == "unsubscribe";
        if (library == "unicode/" && shows_text) continue;
        BOOST_TEST(room_of(file) == room, file << " includes " << included(line));
      }
    }
  }
  BOOST_TEST(found > 5u);  // else this test looks for the wrong thing
}

BOOST_AUTO_TEST_CASE(cryptography_is_done_in_few_rooms) {
  // Hashed addresses in the log; digests of members; tokens.
  const std::set<std::string> rooms{"log", "suppression", "unsubscribe"};
  std::set<std::string> found;
  for (const fs::path& file : sources()) {
    for (const std::string& line : lines_of(file)) {
      if (!included(line).starts_with("openssl/") || included(line) == "openssl/ssl.h") continue;
      found.insert(room_of(file));
      BOOST_TEST(file.extension() == ".cpp", file << " shows " << included(line) << " to others");
    }
  }
  BOOST_TEST(found == rooms, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(policy_asks_nobody) {
  for (const fs::path& file : sources()) {
    if (room_of(file) != "policy") continue;
    for (const std::string& line : lines_of(file)) {
      const bool reaches_out = included(line).starts_with("redis/") ||
                               included(line).starts_with("log/") ||
                               included(line).starts_with("sys/");
      BOOST_TEST(!reaches_out, file << " includes " << included(line));
    }
  }
}

BOOST_AUTO_TEST_CASE(every_header_says_first_what_it_is_and_guards_itself) {
  for (const fs::path& file : sources()) {
    if (file.extension() != ".h") continue;
    const auto lines = lines_of(file);
    BOOST_REQUIRE(!lines.empty());
    BOOST_TEST(lines.front().starts_with("// "), file);
    BOOST_TEST((std::find(lines.begin(), lines.end(), "#pragma once") != lines.end()), file);
  }
}

BOOST_AUTO_TEST_CASE(no_file_has_grown_two_ideas) {
  for (const fs::path& file : sources())
    BOOST_TEST(lines_of(file).size() <= 400u, file);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace optout

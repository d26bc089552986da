// The words that other programs rely on, in the program and in the manual: those of log lines, in
// optout-milter-log(7), and the names of keys in Redis, in optout-milter-redis(7).

#include "guard/guard_schema.h"
#include "policy/verdict.h"
#include "suppression/redis_schema.h"
#include "util/fault.h"

#include <boost/test/unit_test.hpp>

#include <cctype>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>
#include <string>
#include <string_view>

namespace optout {
namespace {

using Words = std::set<std::string>;

std::string read(const std::string& file) {
  std::ifstream in(std::filesystem::path(std::getenv("OPTOUT_SOURCE")) / file);
  BOOST_REQUIRE_MESSAGE(in, file);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

std::string log_page() {
  return read("packaging/man/optout-milter-log.7");
}

// From the title of a section to the next one.
std::string section(const std::string& page, const std::string& title) {
  const std::size_t begin = page.find("\n.Sh " + title + "\n");
  BOOST_REQUIRE_MESSAGE(begin != std::string::npos, title);
  return page.substr(begin + 1, page.find("\n.Sh ", begin + 1) - begin);
}

// Those behind .It Cm and .Cm, to which several words may be given.
Words commands_in(const std::string& text, bool items_only) {
  Words found;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    std::string macro;
    words >> macro;
    if (macro == ".It") words >> macro;
    if (macro != "Cm" && (items_only || macro != ".Cm")) continue;
    for (std::string word; words >> word && word != "Ns";) {
      if (std::isalpha(static_cast<unsigned char>(word.front())) != 0) found.insert(word);
    }
  }
  return found;
}

bool part_of_key(char c) {
  return (c >= 'a' && c <= 'z') || c == '_' || c == '-';
}

// Every key of the lines that these files write: field(line, "key", …), count("key", …), also of
// two by turns, and "key={}" in formats.
Words keys_written_by(std::initializer_list<const char*> files) {
  Words found;
  for (const char* file : files) {
    const std::string text = read(file);
    const auto take_quoted = [&](std::size_t from, std::size_t to) {
      for (std::size_t at = text.find('"', from); at < to; at = text.find('"', at)) {
        const std::size_t end = text.find('"', at + 1);
        found.insert(text.substr(at + 1, end - at - 1));
        at = end + 1;
      }
    };
    for (std::size_t at = text.find("field(line, \""); at != std::string::npos;
         at = text.find("field(line, \"", at + 1))
      take_quoted(at, text.find(',', at + 12));
    for (std::size_t at = text.find("  count("); at != std::string::npos;
         at = text.find("  count(", at + 1))
      take_quoted(at, text.find(',', at));
    for (std::size_t at = text.find('='); at != std::string::npos; at = text.find('=', at + 1)) {
      if (text.substr(at + 1, 1) != "{" && text.substr(at + 1, 3) != "\\\"{") continue;
      std::size_t begin = at;
      while (begin > 0 && part_of_key(text[begin - 1]))
        --begin;
      if (begin < at) found.insert(text.substr(begin, at - begin));
    }
  }
  return found;
}

// "optout:set:global" and "optout:entry:ann@example.com" as the manual has them: up to the part
// that is different each time.
std::string stem(std::string key) {
  for (const char* part : {"MEMBER", "SENDER", "LIST", "STREAM"})
    key = key.substr(0, key.find(part));
  return key;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(vocabulary)

BOOST_AUTO_TEST_CASE(every_key_of_a_log_line_is_in_the_manual_and_no_other) {
  const Words written =
      keys_written_by({"milter/message/message_log.cpp", "milter/confirm/confirmer.cpp",
                       "milter/confirm/notifier.cpp"});
  BOOST_TEST(written.size() > 30U);
  const std::string fields = section(log_page(), "FIELDS");
  const Words mentioned = commands_in(fields, false);
  for (const std::string& key : written)
    BOOST_TEST(mentioned.contains(key), "not in optout-milter-log(7): " << key);
  for (const std::string& key : commands_in(fields, true))
    BOOST_TEST(written.contains(key), "in no log line: " << key);
}

BOOST_AUTO_TEST_CASE(every_action_is_in_the_manual) {
  const Words described = commands_in(section(log_page(), "ACTIONS"), true);
  Words actions{"unsubscribe", "discard", "confirm", "warn", "notify"};
  for (int i = 0; i <= static_cast<int>(Action::tag); ++i) {
    const std::string word(to_string(static_cast<Action>(i)));
    actions.insert(word);
    if (word != "accept") actions.insert("would-" + word);
  }
  BOOST_TEST(described == actions, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(every_fault_is_explained) {
  const Words described = commands_in(section(log_page(), "FAULTS"), true);
  Words faults;
  for (int i = 0; i <= static_cast<int>(Fault::internal); ++i)
    faults.emplace(to_string(static_cast<Fault>(i)));
  BOOST_TEST(described == faults, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(every_key_in_redis_is_in_the_manual_and_no_other) {
  const RedisSchema schema("optout:", {});
  const GuardSchema guard("optout:");
  Words keys;
  for (const std::string& key :
       {schema.marker(), schema.references(), schema.lists(""), schema.events(""),
        schema.entry("MEMBER", ""), schema.confirmed("MEMBER"), schema.set(SetName::global()),
        schema.set(SetName("bounce")), schema.set(SetName("complaint")),
        schema.set(SetName("block")), schema.set(SetName::list("LIST")),
        schema.set(SetName::stream("STREAM")), guard.state("SENDER"), guard.senders(),
        guard.tally("SENDER", "recipients/1h"), guard.passed("SENDER"),
        guard.message("SENDER", "MESSAGE"), guard.messages("SENDER"),
        guard.claim("SENDER", "trip:recipients/1h", false)})
    keys.insert(stem(key));
  Words described;
  std::istringstream lines(section(read("packaging/man/optout-milter-redis.7"), "KEYS"));
  for (std::string line; std::getline(lines, line);) {
    if (!line.starts_with(".It Li ")) continue;
    std::istringstream words(line);
    for (std::string word; words >> word;) {
      if (word.starts_with("optout:")) described.insert(word);
    }
  }
  BOOST_TEST(described == keys, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace optout

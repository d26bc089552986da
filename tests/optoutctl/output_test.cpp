// The four forms of output: what goes in comes out again.

#include "admin.h"

#include <boost/test/unit_test.hpp>

using namespace optout::test;

namespace {

using Table = std::vector<std::vector<std::string>>;

// RFC 4180, written anew so that it cannot share a mistake with the program.
Table parse_csv(std::string_view text) {
  Table table;
  std::vector<std::string> row;
  std::string field;
  bool quoted = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (quoted) {
      if (c == '"' && i + 1 < text.size() && text[i + 1] == '"') {
        field += '"', ++i;
      } else if (c == '"') {
        quoted = false;
      } else {
        field += c;
      }
    } else if (c == '"') {
      quoted = true;
    } else if (c == ',') {
      row.push_back(std::exchange(field, {}));
    } else if (c == '\r' && i + 1 < text.size() && text[i + 1] == '\n') {
      row.push_back(std::exchange(field, {}));
      table.push_back(std::exchange(row, {}));
      ++i;
    } else {
      field += c;
    }
  }
  BOOST_TEST(!quoted);
  BOOST_TEST(field.empty());
  return table;
}

Table parse_tab(std::string_view text) {
  Table table{{""}};
  for (std::size_t i = 0; i < text.size(); ++i) {
    std::string& field = table.back().back();
    if (text[i] == '\t') {
      table.back().emplace_back();
    } else if (text[i] == '\n') {
      table.emplace_back().emplace_back();
    } else if (text[i] == '\\' && i + 1 < text.size()) {
      const char c = text[++i];
      field += c == 't' ? '\t' : c == 'n' ? '\n' : c == 'r' ? '\r' : c;
    } else {
      field += text[i];
    }
  }
  table.pop_back();  // what follows the last line feed
  return table;
}

const std::string kAddress = "\"o'brien, \\\"jim\\\"\"@example.com";
const std::string kReason = "said \"no\", twice;\r\nthen\thung up \\ left — schöne Grüße";

struct Listed : ReadyAdmin {
  Listed() { BOOST_REQUIRE((*this)({"add", kAddress, "--reason", kReason}).exit_status == 0); }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(output)

BOOST_FIXTURE_TEST_CASE(json_brings_back_quotes_commas_and_line_ends, Listed) {
  const auto rows = json({"check", kAddress});
  BOOST_TEST(rows[0].at("address") == kAddress);
  BOOST_TEST(rows[0].at("reason") == kReason);
}

BOOST_FIXTURE_TEST_CASE(csv_brings_back_quotes_commas_and_line_ends, Listed) {
  const Finished done = (*this)({"check", kAddress, "-o", "csv"});
  const Table table = parse_csv(done.out);
  BOOST_REQUIRE(table.size() == 2u);
  BOOST_REQUIRE(table[0].size() == table[1].size());
  BOOST_TEST(table[0][0] == "address");
  BOOST_TEST(table[1][0] == kAddress);
  BOOST_TEST(table[0][2] == "listed");
  BOOST_TEST(table[1][2] == "true");
  BOOST_TEST(table[0][6] == "reason");
  BOOST_TEST(table[1][6] == kReason);
}

BOOST_FIXTURE_TEST_CASE(tab_separated_text_has_one_line_a_row_whatever_is_in_it, Listed) {
  const Finished done = (*this)({"check", kAddress, "-o", "tab"});
  BOOST_TEST(std::count(done.out.begin(), done.out.end(), '\n') == 2);
  const Table table = parse_tab(done.out);
  BOOST_REQUIRE(table.size() == 2u);
  BOOST_REQUIRE(table[0].size() == table[1].size());
  BOOST_TEST(table[1][0] == kAddress);
  BOOST_TEST(table[1][6] == kReason);
}

BOOST_FIXTURE_TEST_CASE(all_forms_have_the_same_columns_in_the_same_order, Listed) {
  const auto rows = nlohmann::ordered_json::parse((*this)({"check", kAddress, "-o", "json"}).out);
  std::vector<std::string> names;
  for (const auto& item : rows[0].items())
    names.push_back(item.key());
  BOOST_TEST(parse_csv((*this)({"check", kAddress, "-o", "csv"}).out)[0] == names,
             boost::test_tools::per_element());
  BOOST_TEST(parse_tab((*this)({"check", kAddress, "-o", "tab"}).out)[0] == names,
             boost::test_tools::per_element());
}

// AT-13
BOOST_FIXTURE_TEST_CASE(nothing_in_a_table_plays_tricks_with_the_terminal, ReadyAdmin) {
  const std::string trick = "\x1b]0;owned\a \u202Egnp.exe \x9b\x7f";
  (*this)({"add", "ann@example.com", "--reason", trick, "--by", "\x1b[2J"});
  const Finished done = (*this)({"check", "ann@example.com", "us\x1b[2Jer@example.com"});
  for (const char bad : {'\x1b', '\a', '\x7f'}) {
    BOOST_TEST(done.out.find(bad) == std::string::npos);
    BOOST_TEST(done.err.find(bad) == std::string::npos);
  }
  BOOST_TEST(done.out.find("\u202E") == std::string::npos);
  BOOST_TEST(done.out.find("\\x1b]0;owned") != std::string::npos, done.out);
}

BOOST_FIXTURE_TEST_CASE(a_table_is_aligned_also_behind_wide_and_combining_characters, ReadyAdmin) {
  const Finished done = (*this)({"check", "jörg@example.com", "例え@example.com", "a@example.com"});
  BOOST_TEST(done.out ==
             "ADDRESS           LISTED\n"
             "jörg@example.com  no\n"
             "例え@example.com  no\n"
             "a@example.com     no\n");
}

BOOST_FIXTURE_TEST_CASE(a_table_leaves_out_what_it_has_nothing_to_say_about, ReadyAdmin) {
  BOOST_TEST((*this)({"add", "ann@example.com"}).out ==
             "ADDRESS          SET     RESULT\n"
             "ann@example.com  global  added\n");
}

BOOST_FIXTURE_TEST_CASE(octets_that_are_no_utf_8_leave_the_json_valid, ReadyAdmin) {
  redis().cli({"SADD", "optout:set:global", "j\xF6rg@example.com"});
  const auto rows = json({"check", "j\xF6rg@example.com"});
  BOOST_TEST(rows[0].at("address") == "j\uFFFDrg@example.com");
  BOOST_TEST(rows[0].at("listed") == true);
}

BOOST_FIXTURE_TEST_CASE(results_that_cannot_be_written_are_a_failure, ReadyAdmin) {
  ProcessOptions options;
  options.stdout_file = "/dev/full";
  options.stderr_file = file("stderr");
  Process process = Process::start(
      {optoutctl_path(), "-c", file("optout-milter.yaml"), "add", "ann@example.com"}, options);
  BOOST_TEST(process.wait().value() == 74);
  BOOST_TEST(redis().cli({"SCARD", "optout:set:global"}) == "1");
}

BOOST_AUTO_TEST_SUITE_END()

#include "traffic/csv.h"

#include <boost/test/unit_test.hpp>

#include <sstream>

namespace optout {
namespace {

using Fields = std::vector<std::string>;

// Each record, its fields between bars; "fault@line" for those with a fault.
std::string read(const std::string& text) {
  std::istringstream in(text);
  Lines lines(in);
  CsvRecords records(lines);
  std::string all;
  while (records.next()) {
    if (!records.fault().empty()) {
      all += "fault@" + std::to_string(records.line()) + ";";
      continue;
    }
    for (const std::string& field : records.fields())
      all += field + "|";
    all += ";";
  }
  return all;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(csv)

BOOST_AUTO_TEST_CASE(fields_stand_between_commas_and_may_be_empty) {
  BOOST_TEST(read("a,b,c\r\n1,,3\n,\n") == "a|b|c|;1||3|;||;");
  BOOST_TEST(read("last,line") == "last|line|;");
}

BOOST_AUTO_TEST_CASE(quotes_protect_commas_quotes_and_line_ends) {
  BOOST_TEST(read("\"a,b\",\"say \"\"hi\"\"\",\"\"\n") == "a,b|say \"hi\"||;");
  BOOST_TEST(read("\"two\r\nlines\",x\n1,2\n") == "two\nlines|x|;1|2|;");
}

BOOST_AUTO_TEST_CASE(blank_lines_and_a_byte_order_mark_are_nothing) {
  BOOST_TEST(read("\xEF\xBB\xBF"
                  "a,b\n\n\r\n1,2\n") == "a|b|;1|2|;");
  BOOST_TEST(read("") == "");
}

BOOST_AUTO_TEST_CASE(what_RFC_4180_has_not_is_a_fault_of_that_record_alone) {
  BOOST_TEST(read("a\"b,c\n1,2\n") == "fault@1;1|2|;");
  BOOST_TEST(read("\"a\"b,c\n1,2\n") == "fault@1;1|2|;");
  BOOST_TEST(read("1,2\n\"never closed,\n3,4\n") == "1|2|;fault@2;");
}

BOOST_AUTO_TEST_CASE(no_record_takes_more_memory_than_its_bound) {
  BOOST_TEST(read(std::string(Lines::kLongest + 1, 'x') + ",b\n1,2\n") == "fault@1;1|2|;");
  std::string endless = "\"";
  for (std::size_t i = 0; i < CsvRecords::kLongest / 100 + 2; ++i)
    endless += std::string(100, 'x') + "\n";
  const std::string all = read(endless);
  BOOST_TEST(all.starts_with("fault@1;"));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace optout

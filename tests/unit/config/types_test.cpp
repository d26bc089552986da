// Values: from text and back.

#include "config/types.h"

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <chrono>
#include <string>
#include <tuple>
#include <vector>

using namespace optout;
using namespace std::chrono_literals;
namespace data = boost::unit_test::data;

namespace {

using Milliseconds = std::chrono::milliseconds;

template <typename T>
bool accepts(const Type<T>& type, std::string_view text) {
  return std::holds_alternative<T>(type.parse(text));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(types)

BOOST_DATA_TEST_CASE(
    durations_have_units,
    data::make(std::vector<std::tuple<std::string, int>>{
        {"10ms", 10}, {"250ms", 250}, {"2s", 2000}, {"1m", 60000}, {"1h", 3600000}}),
    text, milliseconds) {
  const auto parsed = duration_type(1ms, 1h).parse(text);
  BOOST_REQUIRE(std::holds_alternative<Milliseconds>(parsed));
  BOOST_TEST(std::get<Milliseconds>(parsed).count() == milliseconds);
}

BOOST_DATA_TEST_CASE(what_is_no_duration_is_refused,
                     data::make(std::vector<std::string>{
                         "", "ms", "250", "-1s", "1.5s", "1 s", "1S", " 1s", "1s ", "0x10ms", "1d",
                         "99999999999999999999s", "9223372036854775807h"}),
                     text) {
  BOOST_TEST(!accepts(duration_type(0ms, 24h), text));
}

BOOST_AUTO_TEST_CASE(both_ends_of_a_range_are_in_it) {
  const auto type = duration_type(10ms, 10s);
  BOOST_TEST(accepts(type, "10ms"));
  BOOST_TEST(accepts(type, "10s"));
  BOOST_TEST(!accepts(type, "9ms"));
  BOOST_TEST(!accepts(type, "10001ms"));
}

BOOST_AUTO_TEST_CASE(durations_are_printed_in_the_largest_unit_up_to_seconds) {
  const auto type = duration_type(0ms, 1h);
  BOOST_TEST(type.print(250ms) == "250ms");
  BOOST_TEST(type.print(1500ms) == "1500ms");
  BOOST_TEST(type.print(2s) == "2s");
  BOOST_TEST(type.print(0ms) == "0ms");
}

BOOST_DATA_TEST_CASE(modes_are_octal,
                     data::make(std::vector<std::tuple<std::string, unsigned>>{
                         {"0660", 0660U}, {"660", 0660U}, {"0600", 0600U}, {"0777", 0777U}}),
                     text, mode) {
  const auto parsed = mode_type().parse(text);
  BOOST_REQUIRE(std::holds_alternative<unsigned>(parsed));
  BOOST_TEST(std::get<unsigned>(parsed) == mode);
}

BOOST_DATA_TEST_CASE(what_is_no_mode_is_refused,
                     data::make(std::vector<std::string>{"", "7", "66", "0o660", "0x1b0", "0680",
                                                         "1777", "u=rw", "-660", "0660 ", "0444"}),
                     text) {
  BOOST_TEST(!accepts(mode_type(), text));
}

BOOST_AUTO_TEST_CASE(text_is_quoted_where_yaml_would_read_something_else) {
  BOOST_TEST(yaml_scalar("unix:/run/x.sock") == "unix:/run/x.sock");
  BOOST_TEST(yaml_scalar("") == "\"\"");
  BOOST_TEST(yaml_scalar("optout:") == "\"optout:\"");
  BOOST_TEST(yaml_scalar("null") == "\"null\"");
  BOOST_TEST(yaml_scalar("a b") == "\"a b\"");
  BOOST_TEST(yaml_scalar("say \"no\" \\") == "\"say \\\"no\\\" \\\\\"");
  BOOST_TEST(yaml_scalar("@home") == "\"@home\"");
  BOOST_TEST(yaml_scalar("-") == "\"-\"");
}

BOOST_AUTO_TEST_CASE(a_word_of_a_later_version_is_told_from_a_wrong_one) {
  const auto type = word_type<int>({{"defer", 1}, {"accept", 2}}, {"last_known"});
  BOOST_TEST(std::get<int>(type.parse("accept")) == 2);
  BOOST_TEST(std::get<Problem>(type.parse("last_known")).text ==
             "last_known is not in this version (write one of: defer, accept)");
  BOOST_TEST(std::get<Problem>(type.parse("refuse")).text == "\"refuse\" is none of defer, accept");
}

BOOST_AUTO_TEST_SUITE_END()

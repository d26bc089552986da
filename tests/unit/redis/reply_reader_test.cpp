// What arrives in pieces, or is not what was asked for.

#include "redis/reply_reader.h"

#include "asking.h"

#include <boost/test/unit_test.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace optout::test {

using redis::Reply;
using redis::ReplyReader;

namespace {

constexpr std::string_view kNested =
    "*3\r\n*2\r\n$19\r\n0123456789\r\n3456789\r\n:7\r\n*0\r\n*2\r\n$-1\r\n*1\r\n+OK\r\n"
    "-ERR no\r\n"
    ":-9223372036854775808\r\n";

void check_nested(const std::vector<Reply>& replies) {
  BOOST_REQUIRE(replies.size() == 3U);
  const Reply& outer = replies[0];
  BOOST_REQUIRE(outer.size() == 3U);
  BOOST_TEST(outer[0][0].text() == "0123456789\r\n3456789");
  BOOST_TEST(outer[0][1].integer() == 7);
  BOOST_TEST(outer[1].is_array());
  BOOST_TEST(outer[1].size() == 0U);
  BOOST_TEST(outer[2][0].is_nil());
  BOOST_TEST(outer[2][1][0].text() == "OK");
  BOOST_TEST(replies[1].is_error());
  BOOST_TEST(replies[1].text() == "ERR no");
  BOOST_TEST(replies[2].integer() == INT64_MIN);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(redis_reply_reader)

BOOST_AUTO_TEST_CASE(replies_are_whole_wherever_they_were_cut) {
  for (std::size_t cut = 0; cut <= kNested.size(); ++cut) {
    ReplyReader reader;
    std::vector<Reply> replies;
    reader.feed(kNested.substr(0, cut));
    BOOST_REQUIRE(reader.take(3, replies));
    reader.feed(kNested.substr(cut));
    BOOST_REQUIRE(reader.take(3, replies));
    check_nested(replies);
  }
}

BOOST_AUTO_TEST_CASE(one_octet_at_a_time_is_enough) {
  ReplyReader reader;
  std::vector<Reply> replies;
  for (const char& octet : kNested) {
    BOOST_TEST(replies.size() < 3U);
    reader.feed({&octet, 1});
    BOOST_REQUIRE(reader.take(3, replies));
  }
  check_nested(replies);
}

BOOST_AUTO_TEST_CASE(a_long_array_comes_whole) {
  constexpr std::size_t kMany = 5'000;
  std::string wire = "*" + std::to_string(kMany) + "\r\n";
  for (std::size_t i = 0; i < kMany; ++i)
    wire += ":" + std::to_string(i) + "\r\n";
  ReplyReader reader;
  std::vector<Reply> replies;
  reader.feed(wire);
  BOOST_REQUIRE(reader.take(1, replies));
  BOOST_REQUIRE(replies.size() == 1U);
  BOOST_REQUIRE(replies[0].size() == kMany);
  for (std::size_t i = 0; i < kMany; ++i)
    BOOST_REQUIRE(replies[0][i].integer() == static_cast<std::int64_t>(i));
}

// A server that says so gets memory for what it sends, and for nothing else.
BOOST_AUTO_TEST_CASE(an_array_that_is_only_announced_takes_no_memory) {
  for (int i = 0; i < 1'000; ++i) {
    ReplyReader reader;
    std::vector<Reply> replies;
    reader.feed("*2000000000\r\n:1\r\n");
    const auto taken = reader.take(1, replies);
    BOOST_TEST((!taken || replies.empty()));
  }
}

BOOST_AUTO_TEST_CASE(arrays_within_arrays_come_to_an_end) {
  std::string wire;
  for (int i = 0; i < 100'000; ++i)
    wire += "*1\r\n";
  ReplyReader reader;
  std::vector<Reply> replies;
  reader.feed(wire);
  BOOST_TEST(!reader.take(1, replies));
}

BOOST_AUTO_TEST_CASE(what_is_no_resp_is_garbled) {
  for (const std::string_view wire : {"HTTP/1.1 400 Bad Request\r\n", "*1\r\n!\r\n", ":12a\r\n",
                                      "$5\r\nabc\r\n\r\n:", "\r\n", "*-2\r\n", "$-7\r\nx\r\n"}) {
    ReplyReader reader;
    std::vector<Reply> replies;
    reader.feed(wire);
    const auto taken = reader.take(1, replies);
    if (!taken) BOOST_TEST(taken.error().fault == Fault::garbled);
    BOOST_TEST((!taken || replies.empty()), wire << " was taken for a reply");
  }
}

BOOST_AUTO_TEST_CASE(more_than_was_asked_for_is_garbled) {
  ReplyReader reader;
  std::vector<Reply> replies;
  reader.feed("+OK\r\n+AND\r\n");
  const auto taken = reader.take(1, replies);
  BOOST_REQUIRE(!taken);
  BOOST_TEST(taken.error().fault == Fault::garbled);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace optout::test

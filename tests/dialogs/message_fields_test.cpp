// What a dialog calls unchanged: everything but what MTAs add by themselves.

#include "dialogs/message_fields.h"

#include <boost/test/unit_test.hpp>

namespace optout::test {
namespace {

constexpr std::string_view kSent =
    "Message-Id: <1@x.example>\r\nReceived: from a\r\nSubject: one\r\n two\r\n\r\nHello.\r\n";

}  // namespace

BOOST_AUTO_TEST_SUITE(message_fields)

BOOST_AUTO_TEST_CASE(a_folded_field_is_one_field) {
  const auto fields = fields_of(kSent);
  BOOST_TEST_REQUIRE(fields.size() == 3u);
  BOOST_TEST(fields[2].name == "Subject");
  BOOST_TEST(fields[2].bytes == "Subject: one\r\n two\r\n");
  BOOST_TEST(split_field(fields[2].bytes).second == "one two");
  BOOST_TEST(split_field("X-A: one\n\t two").second == "one two");
  BOOST_TEST(split_field("X-A:").second.empty());
  BOOST_TEST(fields_of("").empty());
  BOOST_TEST(fields_of("no colon").size() == 1u);
}

BOOST_AUTO_TEST_CASE(what_the_mta_added_is_taken_off) {
  const std::string arrived =
      "Return-Path: <g>\r\nReceived: by b\r\n\tfor c\r\n"
      "Message-Id: <1@x.example>\r\nReceived: from a\r\nSubject: one\r\n two\r\n"
      "From: n@x.example\r\nDATE: now\r\n\r\nHello.\r\n";
  BOOST_TEST(without_additions(arrived, kSent) == kSent);
}

BOOST_AUTO_TEST_CASE(what_anybody_else_changed_stays_to_be_seen) {
  const auto differs = [](std::string_view from, std::string_view to) {
    std::string arrived(kSent);
    arrived.replace(arrived.find(from), from.size(), to);
    return without_additions(arrived, kSent) != kSent;
  };
  BOOST_TEST(differs("Message-Id: ", "X-Other: 1\r\nMessage-Id: "));
  BOOST_TEST(differs("Subject: ", "X-Other: 1\r\nSubject: "));
  BOOST_TEST(differs("Received: from a\r\n", ""));
  BOOST_TEST(differs("one\r\n two", "one two"));
  BOOST_TEST(differs("<1@x", "<2@x"));
  BOOST_TEST(differs("Hello", "Hallo"));
  BOOST_TEST(!differs("Hello", "Hello"));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace optout::test

// Packets byte by byte, as libmilter reads and writes them.

#include "support/milter_protocol.h"

#include <boost/test/unit_test.hpp>

namespace optout::test {

using namespace std::string_view_literals;

BOOST_AUTO_TEST_SUITE(milter_protocol)

BOOST_AUTO_TEST_CASE(a_command_is_its_length_its_letter_and_its_strings) {
  std::string out;
  append_strings(out, Command::recipient, {"<ann@example.com>", "NOTIFY=NEVER"});
  BOOST_TEST((out == "\0\0\0\x20R<ann@example.com>\0NOTIFY=NEVER\0"sv));
}

BOOST_AUTO_TEST_CASE(a_connection_has_its_family_and_its_port_in_network_order) {
  std::string out;
  append_connect(out, "client.example", "2001:db8::1", 0x1234);
  BOOST_TEST((out == "\0\0\0\x1f"
                     "Cclient.example\0"
                     "6\x12\x34"
                     "2001:db8::1\0"sv));
}

BOOST_AUTO_TEST_CASE(macros_name_the_command_they_are_for) {
  std::string out;
  const std::string_view pairs[] = {"i", "4Q"};
  append_macros(out, Command::mail, pairs);
  BOOST_TEST((out == "\0\0\0\x07"
                     "DMi\0"
                     "4Q\0"sv));
}

BOOST_AUTO_TEST_CASE(packets_are_appended_and_taken_one_by_one) {
  std::string out;
  append_packet(out, Command::end_of_headers);
  append_negotiation(out, {.version = 6, .actions = 0x1ff, .protocol = 0x1fffff});
  std::string_view bytes = out;
  BOOST_TEST(take_packet(bytes)->letter == 'N');
  const auto negotiation = take_packet(bytes);
  BOOST_TEST_REQUIRE(negotiation.has_value());
  std::string_view payload = negotiation->payload;
  BOOST_TEST(take_number(payload) == 6U);
  BOOST_TEST(take_number(payload) == 0x1ffU);
  BOOST_TEST(take_number(payload) == 0x1fffffU);
  BOOST_TEST(bytes.empty());
}

BOOST_AUTO_TEST_CASE(half_a_packet_is_none_and_stays_where_it_is) {
  std::string out;
  append_strings(out, Command::helo, {"client.example"});
  for (std::size_t length = 0; length < out.size(); ++length) {
    std::string_view bytes = std::string_view(out).substr(0, length);
    BOOST_TEST(!take_packet(bytes).has_value());
    BOOST_TEST(bytes.size() == length);
  }
}

BOOST_AUTO_TEST_CASE(a_string_ends_at_its_nul_or_with_the_payload) {
  std::string_view payload = "one\0two"sv;
  BOOST_TEST(take_string(payload) == "one");
  BOOST_TEST(take_string(payload) == "two");
  BOOST_TEST(take_string(payload) == "");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace optout::test

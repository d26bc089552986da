// Blocks of IP addresses, as administrators write them and as MTAs tell them.

#include "util/ip_network.h"

#include <boost/test/unit_test.hpp>

#include <string>

namespace optout {
namespace {

std::string network(std::string_view text) {
  const auto parsed = parse_ip_network(text);
  return parsed ? parsed->to_string() : "none";
}

bool contains(std::string_view block, std::string_view address) {
  const auto parsed = parse_ip_address(address);
  return parsed && parse_ip_network(block)->contains(*parsed);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(ip_networks)

BOOST_AUTO_TEST_CASE(a_block_is_written_as_it_is_read) {
  BOOST_TEST(network("192.0.2.0/24") == "192.0.2.0/24");
  BOOST_TEST(network("192.0.2.1") == "192.0.2.1");
  BOOST_TEST(network("192.0.2.1/32") == "192.0.2.1");
  BOOST_TEST(network("0.0.0.0/0") == "0.0.0.0/0");
  BOOST_TEST(network("2001:DB8::/32") == "2001:db8::/32");
  BOOST_TEST(network("[2001:db8::1]") == "2001:db8::1");
  BOOST_TEST(network("::/0") == "::/0");
}

BOOST_AUTO_TEST_CASE(what_is_no_block_is_none) {
  for (const char* text :
       {"", "/", "192.0.2", "192.0.2.1/24", "192.0.2.0/33", "192.0.2.0/", "::/129", "192.0.2.0/2x",
        "192.0.2.0/-1", "example.com", "192.0.2.0/24/8"}) {
    BOOST_TEST(network(text) == "none", text);
  }
  BOOST_TEST(network(std::string(5000, '1')) == "none");
}

BOOST_AUTO_TEST_CASE(a_block_contains_its_addresses_and_no_others) {
  BOOST_TEST(contains("192.0.2.0/25", "192.0.2.127"));
  BOOST_TEST(!contains("192.0.2.0/25", "192.0.2.128"));
  BOOST_TEST(contains("0.0.0.0/0", "203.0.113.9"));
  BOOST_TEST(!contains("0.0.0.0/0", "2001:db8::1"));
  BOOST_TEST(contains("2001:db8::/33", "2001:db8:7fff::1"));
  BOOST_TEST(!contains("2001:db8::/33", "2001:db8:8000::1"));
}

BOOST_AUTO_TEST_CASE(a_client_is_the_same_however_the_mta_writes_it) {
  BOOST_TEST(contains("192.0.2.0/24", "::ffff:192.0.2.7"));
  BOOST_TEST(contains("2001:db8::/32", "IPv6:2001:db8::7"));
  BOOST_TEST(!contains("::/0", "unix"));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace optout

// Socket addresses as Sendmail's and Postfix's administrators type them.

#include "util/socket_address.h"

#include <boost/test/unit_test.hpp>

#include <string>
#include <variant>

using namespace optout;

namespace {

// The address as we print it, or "wrong: " and what is wrong.
std::string read(std::string_view text) {
  const auto parsed = parse_socket_address(text);
  if (const auto* address = std::get_if<SocketAddress>(&parsed)) return address->to_string();
  return "wrong: " + std::get<std::string>(parsed);
}

bool is_loopback(std::string_view text) {
  return std::get<SocketAddress>(parse_socket_address(text)).is_loopback();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(socket_addresses)

BOOST_AUTO_TEST_CASE(the_spellings_of_sendmail_are_understood) {
  BOOST_TEST(read("inet:8895@127.0.0.1") == "inet:127.0.0.1:8895");
  BOOST_TEST(read("inet:8895@localhost") == "inet:localhost:8895");
  BOOST_TEST(read("inet6:8895@::1") == "inet:[::1]:8895");
  BOOST_TEST(read("inet6:8895@[::1]") == "inet:[::1]:8895");
  BOOST_TEST(read("unix:/run/x/milter.sock") == "unix:/run/x/milter.sock");
  BOOST_TEST(read("local:/run/x/milter.sock") == "unix:/run/x/milter.sock");
  BOOST_TEST(read("/run/x/milter.sock") == "unix:/run/x/milter.sock");
}

BOOST_AUTO_TEST_CASE(the_spellings_of_postfix_are_understood) {
  BOOST_TEST(read("inet:127.0.0.1:8895") == "inet:127.0.0.1:8895");
  BOOST_TEST(read("inet:[::1]:8895") == "inet:[::1]:8895");
  BOOST_TEST(read("inet:mx.example.org:8895") == "inet:mx.example.org:8895");
}

BOOST_AUTO_TEST_CASE(what_is_printed_is_read_as_the_same_address) {
  for (const std::string_view text :
       {"inet:8895@127.0.0.1", "inet6:1@::1", "inet:h:65535", "unix:/a"}) {
    BOOST_TEST(read(read(text)) == read(text));
  }
}

BOOST_AUTO_TEST_CASE(without_a_host_it_is_loopback) {
  BOOST_TEST(read("inet:8895") == "inet:127.0.0.1:8895");
  BOOST_TEST(read("inet6:8895") == "inet:[::1]:8895");
  BOOST_TEST(is_loopback("inet:8895"));
  BOOST_TEST(is_loopback("inet6:8895"));
  BOOST_TEST(is_loopback("unix:/a"));
  BOOST_TEST(!is_loopback("inet:8895@0.0.0.0"));
  BOOST_TEST(!is_loopback("inet:8895@192.0.2.1"));
}

BOOST_AUTO_TEST_CASE(what_is_wrong_is_said) {
  BOOST_TEST(read("inet:0@127.0.0.1") == "wrong: \"0\" is not a port number from 1 to 65535");
  BOOST_TEST(read("inet:65536@127.0.0.1") ==
             "wrong: \"65536\" is not a port number from 1 to 65535");
  BOOST_TEST(read("inet:smtp@127.0.0.1") == "wrong: \"smtp\" is not a port number from 1 to 65535");
  BOOST_TEST(read("inet:") == "wrong: \"\" is not a port number from 1 to 65535");
  BOOST_TEST(read("inet:8895@").starts_with("wrong: the host is missing"));
  BOOST_TEST(read("inet:::1:8895").starts_with("wrong: an IPv6 address is written in brackets"));
  BOOST_TEST(read("unix:run/x").starts_with("wrong: the path of a unix socket must begin with /"));
  BOOST_TEST(read("unix:/" + std::string(107, 'x')) ==
             "wrong: the path is 108 bytes long; unix sockets allow 107");
  BOOST_TEST(read("").starts_with("wrong: not a socket"));
  BOOST_TEST(read("8895").starts_with("wrong: not a socket"));
}

BOOST_AUTO_TEST_SUITE_END()

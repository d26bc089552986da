// The number that is the whole of a text.

#include "util/whole_number.h"

#include <boost/test/unit_test.hpp>

#include <cstdint>

using namespace optout;

BOOST_AUTO_TEST_SUITE(whole_numbers)

BOOST_AUTO_TEST_CASE(a_text_of_digits_is_a_number) {
  BOOST_TEST(whole_number<unsigned>("0").value() == 0U);
  BOOST_TEST(whole_number<unsigned>("0042").value() == 42U);
  BOOST_TEST(whole_number<int>("-7").value() == -7);
  BOOST_TEST(whole_number<unsigned>("0660", 8).value() == 0660U);
  BOOST_TEST(whole_number<std::uint32_t>("00c0FFEE", 16).value() == 0xc0ffeeU);
  BOOST_TEST(whole_number<unsigned char>("ff", 16).value() == 255);
}

BOOST_AUTO_TEST_CASE(what_holds_anything_else_is_none) {
  for (const auto* text :
       {"", " ", " 1", "1 ", "1\n", "+1", "--1", "-", "1d", "1.0", "1,000", "0x1", "x"})
    BOOST_TEST(!whole_number<int>(text), "\"" << text << '"');
  BOOST_TEST(!whole_number<int>({}));
  BOOST_TEST(!whole_number<int>({"1\0", 2}));
  BOOST_TEST(!whole_number<unsigned>("8", 8));
  BOOST_TEST(!whole_number<unsigned>("0xff", 16));
}

BOOST_AUTO_TEST_CASE(a_number_ends_with_its_text) {
  BOOST_TEST(whole_number<int>(std::string_view("12345").substr(1, 2)).value() == 23);
}

BOOST_AUTO_TEST_CASE(what_the_type_cannot_hold_is_none) {
  BOOST_TEST(whole_number<std::uint16_t>("65535").value() == 65535);
  BOOST_TEST(!whole_number<std::uint16_t>("65536"));
  BOOST_TEST(!whole_number<unsigned>("-1"));
  BOOST_TEST(whole_number<std::uint64_t>("18446744073709551615").value() == UINT64_MAX);
  BOOST_TEST(!whole_number<std::uint64_t>("18446744073709551616"));
  BOOST_TEST(!whole_number<std::int64_t>("-9223372036854775809"));
}

BOOST_AUTO_TEST_SUITE_END()

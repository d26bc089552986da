// Addresses in few bits.

#include "unsubscribe/address_code.h"

#include "unsubscribe/address_words.h"

#include <boost/test/unit_test.hpp>
#include <rapidcheck.h>

#include <set>
#include <string>

namespace optout::test {
namespace {

// The bits of `octets`, as '0' and '1', without zeros at the end.
std::string bits_of(const std::string& octets) {
  std::string bits;
  for (const char octet : octets) {
    for (int bit = 7; bit >= 0; --bit)
      bits += ((static_cast<unsigned char>(octet) >> bit) & 1) != 0 ? '1' : '0';
  }
  return bits.substr(0, bits.find_last_of('1') + 1);
}

std::string coded(const std::string& address) {
  BitWriter bits;
  BOOST_REQUIRE(write_address(bits, address));
  return std::move(bits).octets();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(address_code)

// By hand from address_words.h, as is FROZEN there: these bits are in mails that are out.
BOOST_AUTO_TEST_CASE(known_bits) {
  BOOST_TEST(bits_of(coded("lena.meier@gmail.com")) ==
             "1001101010111100011011100101000101011000010011");
  BOOST_TEST(bits_of(coded("ann@example.com")) ==
             "110111000000010010011101010111000101011111100111010001");
  BOOST_TEST(bits_of(coded("l\xc3\xa9@x.example")) ==
             "1001101111111000000011000011111111000000010101001000011110101010000000100111010101110"
             "0010101111110011101111011111");
}

BOOST_AUTO_TEST_CASE(every_word_stands_in_the_table_once) {
  std::set<std::string_view> words;
  for (const WordsOfLength& length : kAddressWords) {
    for (std::string_view rest = length.words; !rest.empty();) {
      const auto end = std::min(rest.find(' '), rest.size());
      BOOST_TEST(words.insert(rest.substr(0, end)).second, rest.substr(0, end));
      rest.remove_prefix(std::min(end + 1, rest.size()));
    }
  }
  BOOST_TEST(words.contains(">"));
  BOOST_TEST(words.contains("*"));
}

BOOST_AUTO_TEST_CASE(any_octets_come_back) {
  BOOST_TEST(rc::check("round trip", [] {
    const auto address = *rc::gen::resize(
        254, rc::gen::nonEmpty(rc::gen::container<std::string>(rc::gen::arbitrary<char>())));
    RC_PRE(address.size() <= kLongestCodedAddress);
    BitWriter bits;
    RC_ASSERT(write_address(bits, address));
    const std::string octets = std::move(bits).octets();
    BitReader back(octets);
    RC_ASSERT(read_address(back) == address);
    RC_ASSERT(back.only_padding_left());
  }));
}

BOOST_AUTO_TEST_CASE(marks_of_the_table_are_octets_like_others_in_an_address) {
  for (const std::string address : {">", "*", "a>b@c", "@gmail.com>", "ann@gmail.com>", "*a"}) {
    const std::string octets = coded(address);
    BitReader bits(octets);
    BOOST_TEST(read_address(bits).value() == address);
  }
}

BOOST_AUTO_TEST_CASE(what_is_no_address_is_not_written) {
  BitWriter bits;
  BOOST_TEST(!write_address(bits, ""));
  BOOST_TEST(!write_address(bits, std::string(kLongestCodedAddress + 1, 'a')));
  BOOST_TEST(std::move(bits).octets().empty());
}

BOOST_AUTO_TEST_CASE(reading_ends_whatever_stands_there) {
  BOOST_TEST(rc::check("any bits", [] {
    const auto octets = *rc::gen::container<std::string>(rc::gen::arbitrary<char>());
    BitReader bits(octets);
    const auto address = read_address(bits);
    RC_ASSERT(!address || (!address->empty() && address->size() <= kLongestCodedAddress));
  }));
  for (int octet = 0; octet < 256; ++octet) {
    const std::string endless(4096, static_cast<char>(octet));
    BitReader bits(endless);
    const auto address = read_address(bits);
    BOOST_TEST((!address || address->size() <= kLongestCodedAddress));
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace optout::test

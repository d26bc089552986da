// Base32: the vectors of RFC 4648, section 10, in lower case and without padding; and what is none.

#include "unsubscribe/base32.h"

#include <boost/test/unit_test.hpp>
#include <rapidcheck.h>

#include <string>
#include <utility>

namespace optout::test {

BOOST_AUTO_TEST_SUITE(base32_text)

BOOST_AUTO_TEST_CASE(vectors_of_RFC_4648) {
  for (const auto& [octets, text] : {std::pair<std::string, std::string>{"", ""},
                                     {"f", "my"},
                                     {"fo", "mzxq"},
                                     {"foo", "mzxw6"},
                                     {"foob", "mzxw6yq"},
                                     {"fooba", "mzxw6ytb"},
                                     {"foobar", "mzxw6ytboi"}}) {
    BOOST_TEST(base32(octets) == text);
    BOOST_TEST(octets_of_base32(text).value() == octets);
  }
  BOOST_TEST(octets_of_base32("MZXw6YTBOI").value() == "foobar");
}

BOOST_AUTO_TEST_CASE(lengths_that_no_octets_have_are_refused) {
  for (const char* text : {"a", "aaa", "aaaaaa", "aaaaaaaaa"})
    BOOST_TEST(!octets_of_base32(text), text);
}

BOOST_AUTO_TEST_CASE(bits_left_over_must_be_zero) {
  for (const char* text : {"mz", "mzxr", "mzxw7", "mzxw6yr"})
    BOOST_TEST(!octets_of_base32(text), text);
}

BOOST_AUTO_TEST_CASE(other_characters_are_refused) {
  for (const char* text :
       {"m0", "m1", "m8", "m9", "m=", "m ", "m-", "my======", "m\xc3", "m@", "m["})
    BOOST_TEST(!octets_of_base32(text), text);
  BOOST_TEST(!octets_of_base32(std::string("m\0", 2)));
}

BOOST_AUTO_TEST_CASE(any_octets_come_back) {
  BOOST_TEST(rc::check("round trip", [] {
    const auto octets = *rc::gen::container<std::string>(rc::gen::arbitrary<char>());
    RC_ASSERT(base32(octets).size() == base32_length(octets.size()));
    RC_ASSERT(octets_of_base32(base32(octets)) == octets);
  }));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace optout::test

// What holds for every token, shown on random ones. RC_PARAMS="max_success=100000" searches harder.

#include "unsubscribe/base32.h"
#include "unsubscribe/token.h"
#include "unsubscribe_keys.h"

#include <boost/test/unit_test.hpp>
#include <rapidcheck.h>

#include <algorithm>
#include <string>

namespace optout::test {
namespace {

const Tokens& tokens() {
  static const Tokens made(test_keys());
  return made;
}

rc::Gen<Purpose> any_purpose() {
  return rc::gen::element(Purpose::reply, Purpose::link, Purpose::bounce);
}

// Mostly like addresses, at times any octets.
rc::Gen<std::string> any_address() {
  return rc::gen::oneOf(
      rc::gen::nonEmpty(rc::gen::container<std::string>(rc::gen::arbitrary<char>())),
      rc::gen::map(
          rc::gen::pair(rc::gen::nonEmpty(rc::gen::container<std::string>(
                            rc::gen::elementOf(std::string("abcdefghijklmnopqrstuvwxyz.-_+019")))),
                        rc::gen::element<std::string>("@gmail.com", "@gmail.com.example", "@web.de",
                                                      "@a-company.co.uk", "@xn--bcher-kva.example",
                                                      "@[192.0.2.1]", ">", "*")),
          [](const auto& parts) { return parts.first + parts.second; }));
}

rc::Gen<Token> any_token() {
  return rc::gen::exec([] {
    Token token;
    token.issued = std::chrono::sys_days(std::chrono::days(*rc::gen::inRange(18262, 51030)));
    if (*rc::gen::arbitrary<bool>()) token.scope = *rc::gen::arbitrary<std::uint32_t>();
    if (*rc::gen::inRange(0, 4) == 0) {
      token.stored = *rc::gen::arbitrary<std::uint64_t>();
    } else {
      token.address = (*any_address()).substr(0, 254);
    }
    return token;
  });
}

struct Minted {
  Purpose purpose = Purpose::reply;
  Token token;
  std::string text;
};

Minted any_minted() {
  Minted minted{.purpose = *any_purpose(), .token = *any_token(), .text = {}};
  auto text = tokens().mint(minted.purpose, minted.token);
  if (!text) {
    RC_PRE(minted.purpose != Purpose::link);
    minted.purpose = Purpose::link;
    text = tokens().mint(Purpose::link, minted.token);
  }
  RC_ASSERT(text.has_value());
  minted.text = *text;
  minted.token.key = 3;
  return minted;
}

std::string upper(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), [](char c) {
    return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  });
  return text;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(token_properties)

BOOST_AUTO_TEST_CASE(any_address_and_scope_come_back) {
  BOOST_TEST(rc::check("round trip", [] {
    const Minted minted = any_minted();
    RC_ASSERT(tokens().verify(minted.purpose, minted.text) == minted.token);
  }));
}

BOOST_AUTO_TEST_CASE(ML_09_case_does_not_matter_and_the_length_is_kept) {
  BOOST_TEST(rc::check("upper case", [] {
    const Minted minted = any_minted();
    RC_ASSERT(tokens().verify(minted.purpose, upper(minted.text)) == minted.token);
    RC_ASSERT(minted.text.find_first_not_of("abcdefghijklmnopqrstuvwxyz234567") ==
              std::string::npos);
    RC_ASSERT(minted.purpose == Purpose::link || minted.text.size() <= kLongestTokenInAddress);
  }));
}

BOOST_AUTO_TEST_CASE(the_same_is_minted_twice) {
  BOOST_TEST(rc::check("deterministic", [] {
    const Minted minted = any_minted();
    RC_ASSERT(Tokens(test_keys()).mint(minted.purpose, minted.token) == minted.text);
  }));
}

BOOST_AUTO_TEST_CASE(OC_07_AT_04_no_flipped_bit_verifies) {
  BOOST_TEST(rc::check("one flipped bit", [] {
    const Minted minted = any_minted();
    const std::string octets = octets_of_base32(minted.text).value();
    for (std::size_t bit = 0; bit < octets.size() * 8; ++bit) {
      std::string flipped = octets;
      flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ (1 << (bit % 8)));
      RC_ASSERT(!tokens().verify(minted.purpose, base32(flipped)));
    }
  }));
}

BOOST_AUTO_TEST_CASE(OC_07_AT_04_no_other_character_verifies) {
  BOOST_TEST(rc::check("one other character", [] {
    const Minted minted = any_minted();
    std::string other = minted.text;
    const auto at = *rc::gen::inRange<std::size_t>(0, other.size());
    other[at] = *rc::gen::arbitrary<char>();
    RC_PRE(upper(other) != upper(minted.text));
    RC_ASSERT(!tokens().verify(minted.purpose, other));
  }));
}

BOOST_AUTO_TEST_CASE(nothing_shorter_or_longer_verifies) {
  BOOST_TEST(rc::check("truncated and extended", [] {
    const Minted minted = any_minted();
    for (std::size_t size = 0; size < minted.text.size(); ++size)
      RC_ASSERT(!tokens().verify(minted.purpose, minted.text.substr(0, size)));
    for (const std::string more : {"a", "aa", "7", "=", "======", " ", "@"}) {
      RC_ASSERT(!tokens().verify(minted.purpose, minted.text + more));
      RC_ASSERT(!tokens().verify(minted.purpose, more + minted.text));
    }
  }));
}

BOOST_AUTO_TEST_CASE(AT_04_no_token_is_good_for_another_purpose) {
  BOOST_TEST(rc::check("purposes", [] {
    const Minted minted = any_minted();
    const Purpose other = *any_purpose();
    RC_PRE(other != minted.purpose);
    RC_ASSERT(!tokens().verify(other, minted.text));
  }));
}

BOOST_AUTO_TEST_CASE(no_other_text_verifies_and_none_breaks_anything) {
  BOOST_TEST(rc::check("any text", [] {
    const auto text = *rc::gen::container<std::string>(rc::gen::arbitrary<char>());
    RC_ASSERT(!tokens().verify(*any_purpose(), text));
    RC_ASSERT(!tokens().verify(*any_purpose(), base32(text)));
  }));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace optout::test

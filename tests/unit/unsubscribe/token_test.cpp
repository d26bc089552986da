// What tokens are made of, to the bit, and which keys and purposes they are good for.
//
// The vectors were computed without our code: HKDF and HMAC of Python's hashlib and hmac, AES of
// `openssl enc -aes-256-ctr`, bits and base32 by hand. Whoever has to change one has made every
// token that is out in a mail worthless.

#include "unsubscribe/token.h"

#include "unsubscribe/reply_address.h"
#include "unsubscribe/set_reference.h"
#include "unsubscribe_keys.h"

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <string>

namespace optout::test {
namespace {

using namespace std::chrono_literals;

constexpr std::chrono::sys_days kDay{2026y / std::chrono::March / 2};
constexpr std::uint32_t kNews = 0x5f0a5cab;  // list:news.example.com

Token ann_of_the_news() {
  return {.issued = kDay, .scope = kNews, .address = "ann@example.com", .stored = {}, .key = 0};
}

TokenKey key(char octet, bool retired = false) {
  return {.secret = std::string(kTokenKeyOctets, octet), .made = {}, .retired = retired};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(token)

// Key 3. Tag: the first 10 octets (16 in a link) of HMAC-SHA-256, with the first half of
// HKDF(secret, "optout-milter token 0 reply", 64), of 03 and the plaintext. Plaintext: 2252 days
// in 15 bits, 1, 5f0a5cab, 0, then the bits in address_code_test.cpp, then zeros. Ciphertext: the
// plaintext with AES-256-CTR, key the second half, counter the tag and zeros.
BOOST_AUTO_TEST_CASE(known_tokens_of_each_purpose) {
  const Tokens tokens(test_keys());
  const Token token = ann_of_the_news();
  BOOST_TEST(tokens.mint(Purpose::reply, token).value() ==
             "anori5o76h647rvq63s2kylfwj2dbyds2sw6rpc6");
  BOOST_TEST(tokens.mint(Purpose::link, token).value() ==
             "aojbu3mzerjsfjnlspotdawci2oz54zk4ng4lzk22garapbo4a");
  BOOST_TEST(tokens.mint(Purpose::bounce, token).value() ==
             "aokii4wzscdbxmbuv2jqiqavyqtea4o74ha5ndot");
}

BOOST_AUTO_TEST_CASE(known_token_for_everything) {
  Token token = ann_of_the_news();
  token.scope = std::nullopt;
  token.address = "lena.meier@gmail.com";
  BOOST_TEST(Tokens(test_keys()).mint(Purpose::reply, token).value() ==
             "an7qwkbt3xhejkskaxluaa65p7g5ssa");
}

BOOST_AUTO_TEST_CASE(known_token_with_a_stored_reference) {
  Token token = ann_of_the_news();
  token.address.clear();
  token.stored = 0x0123456789abcdef;
  BOOST_TEST(Tokens(test_keys()).mint(Purpose::reply, token).value() ==
             "ap35fbscyi53srxzi7ud3fjwfzdw2sxa2dpazctqpe");
}

// HMAC-SHA-256 of the address with HKDF(secret, "optout-milter stored reference", 32).
BOOST_AUTO_TEST_CASE(known_stored_reference) {
  BOOST_TEST(Tokens(test_keys()).stored_reference("ann@example.com") == 0xa5b36ea24c8b9e03);
}

BOOST_AUTO_TEST_CASE(what_was_minted_is_what_is_verified) {
  const Tokens tokens(test_keys());
  Token token = ann_of_the_news();
  const auto text = tokens.mint(Purpose::reply, token);
  BOOST_REQUIRE(text);
  token.key = 3;
  BOOST_TEST((tokens.verify(Purpose::reply, *text) == token));
}

BOOST_AUTO_TEST_CASE(AT_04_a_token_is_good_for_its_own_purpose_only) {
  const Tokens tokens(test_keys());
  for (const Purpose minted : {Purpose::reply, Purpose::link, Purpose::bounce}) {
    const auto text = tokens.mint(minted, ann_of_the_news());
    BOOST_REQUIRE(text);
    for (const Purpose asked : {Purpose::reply, Purpose::link, Purpose::bounce})
      BOOST_TEST(tokens.verify(asked, *text).has_value() == (asked == minted));
  }
}

BOOST_AUTO_TEST_CASE(AT_02_the_token_of_another_recipient_is_another) {
  const Tokens tokens(test_keys());
  Token other = ann_of_the_news();
  other.address = "bob@example.com";
  BOOST_TEST(
      (tokens.mint(Purpose::reply, other) != tokens.mint(Purpose::reply, ann_of_the_news())));
}

BOOST_AUTO_TEST_CASE(OC_22_the_newest_key_mints_and_older_ones_go_on_verifying) {
  const Tokens before({{1, key('a')}});
  const Tokens after({{1, key('a')}, {2, key('b')}});
  const auto old_text = before.mint(Purpose::reply, ann_of_the_news());
  const auto new_text = after.mint(Purpose::reply, ann_of_the_news());
  BOOST_REQUIRE((old_text && new_text));
  BOOST_TEST(after.verify(Purpose::reply, *old_text).value().key == 1u);
  BOOST_TEST(after.verify(Purpose::reply, *new_text).value().key == 2u);
  BOOST_TEST(!before.verify(Purpose::reply, *new_text));
}

BOOST_AUTO_TEST_CASE(tokens_of_a_retired_key_are_worth_nothing) {
  const auto text = Tokens({{1, key('a')}}).mint(Purpose::reply, ann_of_the_news());
  BOOST_REQUIRE(text);
  BOOST_TEST(!Tokens({{1, key('a', true)}, {2, key('b')}}).verify(Purpose::reply, *text));
}

BOOST_AUTO_TEST_CASE(a_retired_key_does_not_mint_even_if_it_is_the_newest) {
  const Tokens tokens({{1, key('a')}, {2, key('b', true)}});
  const auto text = tokens.mint(Purpose::reply, ann_of_the_news());
  BOOST_REQUIRE(text);
  BOOST_TEST(tokens.verify(Purpose::reply, *text).value().key == 1u);
}

BOOST_AUTO_TEST_CASE(another_secret_under_the_same_number_does_not_verify) {
  const auto text = Tokens({{1, key('a')}}).mint(Purpose::reply, ann_of_the_news());
  BOOST_REQUIRE(text);
  BOOST_TEST(!Tokens({{1, key('b')}}).verify(Purpose::reply, *text));
}

BOOST_AUTO_TEST_CASE(without_keys_nothing_is_minted_and_nothing_verifies) {
  const Tokens none((TokenKeys()));
  BOOST_TEST(!none.mint(Purpose::reply, ann_of_the_news()));
  BOOST_TEST(none.stored_reference("ann@example.com") == 0u);
  const auto text = Tokens(test_keys()).mint(Purpose::reply, ann_of_the_news());
  BOOST_TEST(!none.verify(Purpose::reply, text.value()));
}

BOOST_AUTO_TEST_CASE(AT_27_the_list_of_a_tenant_has_another_reference) {
  BOOST_TEST(set_reference(SetName::list("news.example.com")) == kNews);
  BOOST_TEST(set_reference(SetName::list("news.example.com", "acme")) == 0x9e9e0878u);
  BOOST_TEST(set_reference(SetName::stream("news")) == 0x53c9a641u);
  BOOST_TEST(set_reference_text(0x00c9a641) == "00c9a641");
}

BOOST_AUTO_TEST_CASE(days_that_no_token_can_carry_are_not_minted) {
  const Tokens tokens(test_keys());
  Token token = ann_of_the_news();
  for (const auto day : {std::chrono::sys_days(2019y / std::chrono::December / 31),
                         std::chrono::sys_days(2109y / std::chrono::September / 19)}) {
    token.issued = day;
    BOOST_TEST(!tokens.mint(Purpose::link, token));
  }
  for (const auto day : {std::chrono::sys_days(2020y / std::chrono::January / 1),
                         std::chrono::sys_days(2109y / std::chrono::September / 18)}) {
    token.issued = day;
    BOOST_TEST(
        (tokens.verify(Purpose::link, tokens.mint(Purpose::link, token).value())->issued == day));
  }
}

BOOST_AUTO_TEST_CASE(a_link_has_room_for_the_longest_address_there_is) {
  const Tokens tokens(test_keys());
  Token token = ann_of_the_news();
  const std::string domain =
      std::string(60, 'x') + "." + std::string(60, 'y') + "." + std::string(60, 'z') + ".example";
  for (const std::string& address :
       {std::string(254 - 1 - domain.size(), 'q') + "@" + domain, std::string(173, '\xfe')}) {
    token.address = address;
    const auto text = tokens.mint(Purpose::link, token);
    BOOST_REQUIRE(text);
    BOOST_TEST(text->size() <= kLongestLinkToken);
    BOOST_TEST(tokens.verify(Purpose::link, *text).value().address == address);
  }
  for (const std::string& address : {std::string(174, '\xfe'), std::string(255, 'a')}) {
    token.address = address;
    BOOST_TEST(!tokens.mint(Purpose::link, token));
  }
}

BOOST_AUTO_TEST_CASE(no_other_text_is_a_token) {
  const Tokens tokens(test_keys());
  for (const char* text : {"", "a", "aa", "am", "ann@example.com", "u+", "77777777777777777777",
                           "amaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"})
    BOOST_TEST(!tokens.verify(Purpose::reply, text), text);
  BOOST_TEST(!tokens.verify(Purpose::reply, std::string("am\0aa", 5)));
  BOOST_TEST(!tokens.verify(Purpose::link, std::string(std::size_t{64} << 20, 'a')));
}

BOOST_AUTO_TEST_CASE(a_reply_address_holds_its_token) {
  BOOST_TEST(reply_address("abc", "optout.example.com") == "u+abc@optout.example.com");
  BOOST_TEST(token_of("u+abc").value() == "abc");
  BOOST_TEST(token_of("U+ABC").value() == "ABC");
  BOOST_TEST(token_of("u+").value() == "");
  BOOST_TEST(token_of("u%2Babc").value() == "abc");
  BOOST_TEST(token_of("\"u abc\"").value() == "abc");
  BOOST_TEST(token_of("\"u \"").value() == "");
  for (const char* local_part :
       {"", "u", "ua", "ann+abc", "uu+abc", "\"u+abc\"", "u%2", "\"u abc", "\"u", "u abc"})
    BOOST_TEST(!token_of(local_part), local_part);
}

BOOST_AUTO_TEST_CASE(the_highest_key_that_is_not_retired_mints) {
  BOOST_TEST(!minting_key({}));
  BOOST_TEST(!minting_key({{1, key('a', true)}}));
  BOOST_TEST(minting_key({{1, key('a')}, {2, key('b')}, {9, key('c', true)}}).value() == 2u);
}

BOOST_AUTO_TEST_CASE(a_fingerprint_tells_keys_apart) {
  BOOST_TEST(token_key_fingerprint(3, test_keys().at(3)) == "3:f97fb372e0436546");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace optout::test

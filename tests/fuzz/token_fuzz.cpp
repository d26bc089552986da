// Searches for a text that verifies although nobody minted it, for octets that base32 or the code
// of addresses gives back changed, and for bits that take the reader out of bounds.

#include "unsubscribe/address_code.h"
#include "unsubscribe/base32.h"
#include "unsubscribe/reply_address.h"
#include "unsubscribe/token.h"

#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

namespace {

using namespace optout;

const Tokens& tokens() {
  static const Tokens made(
      {{1, {.secret = "a key that only this fuzzer has.", .made = {}, .retired = false}}});
  return made;
}

void check(bool holds) {
  if (!holds) std::abort();
}

void verify_anything(std::string_view input) {
  for (const Purpose purpose : {Purpose::reply, Purpose::link, Purpose::bounce}) {
    check(!tokens().verify(purpose, input));
    // The header of a token that the key could have made, so that the rest is looked at.
    check(!tokens().verify(purpose, base32("\x01" + std::string(input))));
  }
  if (const auto token = token_of(input)) check(token->size() + 2 <= input.size());
  if (const auto octets = octets_of_base32(input)) check(base32(*octets).size() == input.size());
}

void read_anything(std::string_view input) {
  BitReader bits(input);
  const auto address = read_address(bits);
  check(!address || (!address->empty() && address->size() <= kLongestCodedAddress));
}

void mint_anything(std::string_view input) {
  Token token{.issued = std::chrono::sys_days(std::chrono::days(20514)),
              .scope = 1,
              .address = std::string(input),
              .stored = {},
              .key = 1};
  const auto text = tokens().mint(Purpose::link, token);
  constexpr std::size_t kAlwaysFits = 173;
  if (input.empty() || input.size() > kLongestCodedAddress) check(!text);
  if (!input.empty() && input.size() <= kAlwaysFits) check(text.has_value());
  if (text) check(tokens().verify(Purpose::link, *text) == token);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  verify_anything(input);
  read_anything(input);
  mint_anything(input);
  return 0;
}

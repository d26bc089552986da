// The opaque part of an unsubscribe address or link: whose opt-out it is, from what, asked for by a
// mail of which day.
//
// Everything is inside, encrypted and authenticated, so no state is kept for a message that goes
// out, nobody can make a token he was not sent, and none tells what it holds (OC-07, AT-04). The
// same address, scope and day give the same token. It never expires; that a newer consent outranks
// it is the business of whoever records it (AT-05).
//
//   octet   0        version (2 bits, now 0) and number of the key (6 bits), in clear
//           1..      tag: 10 octets where the token stands in an address, 16 in a link
//           ..       ciphertext, of these bits: 15 days since 2020-01-01; 1, whether 32 of scope
//                    follow; 1, whether 64 of a stored reference follow, else the address as
//                    address_code.h writes it; zeros up to the next octet
//
// written in base32. How tag and ciphertext come about is in siv.h.

#pragma once

#include "unsubscribe/token_keys.h"

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace optout {

enum class Purpose {
  reply,   // the local part of an address that an unsubscribe mail is sent to
  link,    // a link to the unsubscribe page
  bounce,  // the local part of an envelope sender
};

struct Token {
  std::chrono::sys_days issued;
  std::optional<std::uint32_t> scope;   // set_reference() of a suppression set; nothing: global
  std::string address;                  // a lookup key; empty where it is stored
  std::optional<std::uint64_t> stored;  // what Redis keeps the address under
  unsigned key = 0;                     // the one it was minted with: set by verify()

  friend bool operator==(const Token&, const Token&) = default;
};

// A token's content as it is encrypted: the same for all tokens of one message, whatever they are
// for.
class TokenContent {
public:
  // Nothing where the address is none, or the day lies outside of 2020-01-01 to 2109-09-18.
  static std::optional<TokenContent> of(const Token& token);

private:
  friend class Tokens;
  explicit TokenContent(std::string octets) : octets_(std::move(octets)) {}

  std::string octets_;
};

// The longest token that stands in an address: with "u+" before it, 64 octets (ML-09).
inline constexpr std::size_t kLongestTokenInAddress = 62;

// The longest one that stands in a link, so that this fits on a line of a header. Addresses of 254
// usual octets fit, and of 173 of the least usual.
inline constexpr std::size_t kLongestLinkToken = 768;

// Keys made ready for use. Any thread; none waits for another.
class Tokens {
public:
  // Keys that are retired, or have a number or a length that no key has, are left out.
  explicit Tokens(const TokenKeys& keys);
  ~Tokens();
  Tokens(Tokens&&) noexcept;
  Tokens& operator=(Tokens&&) noexcept;

  // Nothing where the token would be too long for where it stands: then mint one with the stored
  // reference of the address instead of the address, which always fits. Nothing, too, where there
  // is no key, or no content of this token.
  std::optional<std::string> mint(Purpose purpose, const Token& token) const;
  // Appends it to `to`; false, and `to` as it was, where there is none.
  bool mint(Purpose purpose, const TokenContent& content, std::string& to) const;

  // What was minted for this purpose, with a key that is here; letters may be of either case.
  // Nothing for anything else, in time that does not grow with `text`.
  std::optional<Token> verify(Purpose purpose, std::string_view text) const;

  // The same for the same address as long as the same key mints. 0 without keys.
  std::uint64_t stored_reference(std::string_view address) const;

private:
  struct Ready;
  std::unique_ptr<const Ready> ready_;
};

}  // namespace optout

// Encryption that needs no nonce: the same text gives the same octets, and any change is noticed.
//
// SIV as in RFC 5297, built from HMAC-SHA-256 and AES-256-CTR: the tag is the keyed hash of head
// and plaintext, cut, and is the counter that encryption starts from, filled up with zeros. Two
// different texts would have to share a tag to share a key stream; then the difference of the two
// is told, and nothing else.
//
// Any thread; none waits for another.

#pragma once

#include "unsubscribe/keyed_hash.h"

#include <array>
#include <atomic>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

struct evp_cipher_ctx_st;

namespace optout {

class Siv {
public:
  static constexpr std::size_t kLongestTag = 16;

  // Keys of its own, derived from `secret` for this `use`.
  Siv(std::string_view secret, std::string_view use, std::size_t tag_octets);
  ~Siv();
  Siv(const Siv&) = delete;
  Siv& operator=(const Siv&) = delete;

  // Writes tag and ciphertext, tag_octets() longer than `plaintext`. `head` is authenticated, but
  // no part of it; it must be of fixed length.
  void seal(std::string_view head, std::string_view plaintext, char* to) const;
  std::size_t tag_octets() const noexcept { return tag_octets_; }

  // The plaintext, or nothing where it was not sealed by these keys with this head.
  std::optional<std::string> open(std::string_view head, std::string_view sealed) const;

private:
  struct Free {
    void operator()(evp_cipher_ctx_st* context) const noexcept;
  };

  using Counter = std::array<unsigned char, kLongestTag>;  // a tag, filled up with zeros

  Siv(std::string_view keys, std::size_t tag_octets);
  Counter counter_of(std::string_view head, std::string_view plaintext) const;
  // Both ways. `to` has room for as many octets as `text` has.
  void crypt(const Counter& counter, std::string_view text, char* to) const;

  KeyedHash hash_;
  using Cipher = std::unique_ptr<evp_cipher_ctx_st, Free>;
  // Whoever comes takes the spare one and puts it back; a second one at the same time copies.
  Cipher borrow() const;
  void give_back(Cipher cipher) const noexcept;

  Cipher cipher_;  // with its key, without a counter
  mutable std::atomic<evp_cipher_ctx_st*> spare_{nullptr};
  std::size_t tag_octets_;
};

}  // namespace optout

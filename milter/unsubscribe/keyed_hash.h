// HMAC-SHA-256 with a key that is made ready once, and keys derived from a secret.
//
// OpenSSL 3 looks an algorithm up under a lock each time it is named; so it is named once, and each
// use works on a copy of what was made ready. HMAC is put together here (RFC 2104), as OpenSSL's
// own takes three times as long to copy. Any thread; none waits for another.

#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

struct evp_md_ctx_st;  // OpenSSL's, whose headers stay inside

namespace optout {

// `octets` octets of key for one use only: HKDF-SHA-256 (RFC 5869) of `secret`, without salt, with
// `use` as info.
std::string derive_key(std::string_view secret, std::string_view use, std::size_t octets);

// SHA-256 without a key.
std::array<unsigned char, 32> sha256(std::string_view text);

class KeyedHash {
public:
  static constexpr std::size_t kOctets = 32;
  using Value = std::array<unsigned char, kOctets>;

  explicit KeyedHash(std::string_view key);  // of 64 octets at most

  // Of `head` and `text`, one behind the other.
  Value of(std::string_view head, std::string_view text) const;

private:
  struct Free {
    void operator()(evp_md_ctx_st* context) const noexcept;
  };
  using Hash = std::unique_ptr<evp_md_ctx_st, Free>;
  static Hash begun_with(std::string_view key, unsigned char pad);

  Hash inner_;  // each has taken in the key
  Hash outer_;
};

}  // namespace optout

#include "suppression/digest.h"

#include <fmt/format.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>
#include <new>

namespace optout {
namespace {

constexpr std::size_t kDigestOctets = 16;
constexpr std::size_t kFingerprintOctets = 8;

std::string hmac_hex(std::string_view secret, std::string_view text, std::size_t octets) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> mac{};
  unsigned size = 0;
  const auto* done =
      HMAC(EVP_sha256(), secret.data(), static_cast<int>(secret.size()),
           reinterpret_cast<const unsigned char*>(text.data()), text.size(), mac.data(), &size);
  if (done == nullptr) throw std::bad_alloc();  // the only way left to fail: the digest is built in
  std::string out;
  out.reserve(octets * 2);
  for (std::size_t i = 0; i < octets; ++i)
    fmt::format_to(std::back_inserter(out), "{:02x}", mac.at(i));
  return out;
}

}  // namespace

std::string digest_member(unsigned number, std::string_view secret, std::string_view member) {
  return fmt::format("#{}:{}", number, hmac_hex(secret, member, kDigestOctets));
}

std::string digest_key_fingerprint(unsigned number, std::string_view secret) {
  // No lookup key holds a space outside quotes, so this text is never the digest of a member.
  return fmt::format("{}:{}", number,
                     hmac_hex(secret, "fingerprint of a digest key", kFingerprintOctets));
}

}  // namespace optout

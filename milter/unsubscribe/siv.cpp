#include "unsubscribe/siv.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <new>

namespace optout {
namespace {

constexpr std::size_t kKeyOctets = 32;

void must(bool done) {
  if (!done) throw std::bad_alloc();  // as in keyed_hash.cpp
}

const unsigned char* bytes(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

}  // namespace

void Siv::Free::operator()(evp_cipher_ctx_st* context) const noexcept {
  EVP_CIPHER_CTX_free(context);
}

Siv::Siv(std::string_view secret, std::string_view use, std::size_t tag_octets)
    : Siv(derive_key(secret, use, 2 * kKeyOctets), tag_octets) {}

Siv::Siv(std::string_view keys, std::size_t tag_octets)
    : hash_(keys.substr(0, kKeyOctets)),
      cipher_(EVP_CIPHER_CTX_new()),
      tag_octets_(std::min(tag_octets, kLongestTag)) {
  must(cipher_ != nullptr);
  const std::unique_ptr<EVP_CIPHER, decltype(&EVP_CIPHER_free)> aes(
      EVP_CIPHER_fetch(nullptr, "AES-256-CTR", nullptr), &EVP_CIPHER_free);
  must(aes != nullptr);
  must(EVP_EncryptInit_ex2(cipher_.get(), aes.get(), bytes(keys.substr(kKeyOctets)), nullptr,
                           nullptr) == 1);
}

std::string Siv::tag_of(std::string_view head, std::string_view plaintext) const {
  const KeyedHash::Value hash = hash_.of(head, plaintext);
  return {hash.begin(), hash.begin() + static_cast<std::ptrdiff_t>(tag_octets_)};
}

std::string Siv::crypt(std::string_view tag, std::string_view text) const {
  const std::unique_ptr<EVP_CIPHER_CTX, Free> context(EVP_CIPHER_CTX_new());
  must(context != nullptr && EVP_CIPHER_CTX_copy(context.get(), cipher_.get()) == 1);
  std::array<unsigned char, kLongestTag> counter{};
  std::copy(tag.begin(), tag.end(), counter.begin());
  std::string out(text.size(), '\0');
  int size = 0;
  must(EVP_EncryptInit_ex2(context.get(), nullptr, nullptr, counter.data(), nullptr) == 1 &&
       EVP_EncryptUpdate(context.get(), reinterpret_cast<unsigned char*>(out.data()), &size,
                         bytes(text), static_cast<int>(text.size())) == 1);
  return out;
}

std::string Siv::seal(std::string_view head, std::string_view plaintext) const {
  const std::string tag = tag_of(head, plaintext);
  return tag + crypt(tag, plaintext);
}

std::optional<std::string> Siv::open(std::string_view head, std::string_view sealed) const {
  if (sealed.size() < tag_octets_) return std::nullopt;
  const std::string_view tag = sealed.substr(0, tag_octets_);
  std::string plaintext = crypt(tag, sealed.substr(tag_octets_));
  const std::string expected = tag_of(head, plaintext);
  if (CRYPTO_memcmp(expected.data(), tag.data(), tag_octets_) != 0) return std::nullopt;
  return plaintext;
}

}  // namespace optout

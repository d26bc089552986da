#include "unsubscribe/siv.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <new>
#include <utility>

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

Siv::Counter Siv::counter_of(std::string_view head, std::string_view plaintext) const {
  const KeyedHash::Value hash = hash_.of(head, plaintext);
  Counter counter{};
  std::copy_n(hash.begin(), tag_octets_, counter.begin());
  return counter;
}

Siv::~Siv() {
  Free()(spare_.load());
}

Siv::Cipher Siv::borrow() const {
  if (Cipher spare{spare_.exchange(nullptr, std::memory_order_acq_rel)}) return spare;
  Cipher copy(EVP_CIPHER_CTX_new());
  must(copy != nullptr && EVP_CIPHER_CTX_copy(copy.get(), cipher_.get()) == 1);
  return copy;
}

void Siv::give_back(Cipher cipher) const noexcept {
  evp_cipher_ctx_st* nobodys = nullptr;
  if (spare_.compare_exchange_strong(nobodys, cipher.get(), std::memory_order_acq_rel))
    static_cast<void>(cipher.release());
}

void Siv::crypt(const Counter& counter, std::string_view text, char* to) const {
  Cipher cipher = borrow();
  int size = 0;
  must(EVP_EncryptInit_ex2(cipher.get(), nullptr, nullptr, counter.data(), nullptr) == 1 &&
       EVP_EncryptUpdate(cipher.get(), reinterpret_cast<unsigned char*>(to), &size, bytes(text),
                         static_cast<int>(text.size())) == 1);
  give_back(std::move(cipher));
}

void Siv::seal(std::string_view head, std::string_view plaintext, char* to) const {
  const Counter counter = counter_of(head, plaintext);
  std::copy_n(counter.begin(), tag_octets_, to);
  crypt(counter, plaintext, to + tag_octets_);
}

std::optional<std::string> Siv::open(std::string_view head, std::string_view sealed) const {
  if (sealed.size() < tag_octets_) return std::nullopt;
  Counter counter{};
  std::copy_n(sealed.begin(), tag_octets_, counter.begin());
  std::string plaintext(sealed.size() - tag_octets_, '\0');
  crypt(counter, sealed.substr(tag_octets_), plaintext.data());
  const Counter expected = counter_of(head, plaintext);
  if (CRYPTO_memcmp(expected.data(), counter.data(), counter.size()) != 0) return std::nullopt;
  return plaintext;
}

}  // namespace optout

#include "unsubscribe/keyed_hash.h"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <openssl/params.h>

#include <algorithm>
#include <new>

namespace optout {
namespace {

constexpr std::size_t kBlock = 64;  // of SHA-256
constexpr unsigned char kInnerPad = 0x36;
constexpr unsigned char kOuterPad = 0x5c;

// The algorithms are built in and the parameters right: what is left to fail is memory.
void must(bool done) {
  if (!done) throw std::bad_alloc();
}

OSSL_PARAM octets_param(const char* name, std::string_view octets) {
  return OSSL_PARAM_construct_octet_string(name, const_cast<char*>(octets.data()), octets.size());
}

OSSL_PARAM sha256_param(const char* name) {
  static char digest[] = "SHA256";
  return OSSL_PARAM_construct_utf8_string(name, digest, 0);
}

// Never freed: others may still hash while the program ends.
const EVP_MD* algorithm() {
  static const EVP_MD* const sha = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  must(sha != nullptr);
  return sha;
}

}  // namespace

std::string derive_key(std::string_view secret, std::string_view use, std::size_t octets) {
  const std::unique_ptr<EVP_KDF, decltype(&EVP_KDF_free)> hkdf(
      EVP_KDF_fetch(nullptr, OSSL_KDF_NAME_HKDF, nullptr), &EVP_KDF_free);
  must(hkdf != nullptr);
  const std::unique_ptr<EVP_KDF_CTX, decltype(&EVP_KDF_CTX_free)> context(
      EVP_KDF_CTX_new(hkdf.get()), &EVP_KDF_CTX_free);
  must(context != nullptr);
  const std::array<OSSL_PARAM, 4> params{
      sha256_param(OSSL_KDF_PARAM_DIGEST), octets_param(OSSL_KDF_PARAM_KEY, secret),
      octets_param(OSSL_KDF_PARAM_INFO, use), OSSL_PARAM_construct_end()};
  std::string key(octets, '\0');
  must(EVP_KDF_derive(context.get(), reinterpret_cast<unsigned char*>(key.data()), key.size(),
                      params.data()) == 1);
  return key;
}

std::array<unsigned char, 32> sha256(std::string_view text) {
  std::array<unsigned char, 32> value{};
  must(EVP_Digest(text.data(), text.size(), value.data(), nullptr, algorithm(), nullptr) == 1);
  return value;
}

void KeyedHash::Free::operator()(evp_md_ctx_st* context) const noexcept {
  EVP_MD_CTX_free(context);
}

KeyedHash::Hash KeyedHash::begun_with(std::string_view key, unsigned char pad) {
  std::array<unsigned char, kBlock> block{};
  std::copy(key.begin(), key.end(), block.begin());
  for (unsigned char& octet : block)
    octet ^= pad;
  Hash hash(EVP_MD_CTX_new());
  must(hash != nullptr && EVP_DigestInit_ex2(hash.get(), algorithm(), nullptr) == 1 &&
       EVP_DigestUpdate(hash.get(), block.data(), block.size()) == 1);
  OPENSSL_cleanse(block.data(), block.size());
  return hash;
}

KeyedHash::KeyedHash(std::string_view key)
    : inner_(begun_with(key.substr(0, kBlock), kInnerPad)),
      outer_(begun_with(key.substr(0, kBlock), kOuterPad)) {}

KeyedHash::Value KeyedHash::of(std::string_view head, std::string_view text) const {
  const Hash hash(EVP_MD_CTX_new());
  Value value{};
  must(hash != nullptr && EVP_MD_CTX_copy_ex(hash.get(), inner_.get()) == 1 &&
       EVP_DigestUpdate(hash.get(), head.data(), head.size()) == 1 &&
       EVP_DigestUpdate(hash.get(), text.data(), text.size()) == 1 &&
       EVP_DigestFinal_ex(hash.get(), value.data(), nullptr) == 1 &&
       EVP_MD_CTX_copy_ex(hash.get(), outer_.get()) == 1 &&
       EVP_DigestUpdate(hash.get(), value.data(), value.size()) == 1 &&
       EVP_DigestFinal_ex(hash.get(), value.data(), nullptr) == 1);
  return value;
}

}  // namespace optout

#include "unsubscribe/token_keys.h"

#include "unsubscribe/keyed_hash.h"

#include <fmt/format.h>
#include <openssl/rand.h>

#include <stdexcept>

namespace optout {

std::optional<unsigned> minting_key(const TokenKeys& keys) {
  for (auto key = keys.rbegin(); key != keys.rend(); ++key) {
    if (!key->second.retired) return key->first;
  }
  return std::nullopt;
}

TokenKey new_token_key(std::chrono::sys_days made) {
  TokenKey key{.secret = std::string(kTokenKeyOctets, '\0'), .made = made, .retired = false};
  if (RAND_priv_bytes(reinterpret_cast<unsigned char*>(key.secret.data()),
                      static_cast<int>(key.secret.size())) != 1) {
    throw std::runtime_error("this system gives no random numbers");
  }
  return key;
}

std::string token_key_fingerprint(unsigned number, const TokenKey& key) {
  constexpr std::size_t kFingerprintOctets = 8;
  const std::string print = derive_key(key.secret, "optout-milter fingerprint", kFingerprintOctets);
  std::string text = fmt::format("{}:", number);
  for (const char octet : print)
    fmt::format_to(std::back_inserter(text), "{:02x}", static_cast<unsigned char>(octet));
  return text;
}

}  // namespace optout

// The secrets that unsubscribe tokens are made with, by number. Many verify, one mints.
//
// A mail lies in a mailbox for years, and its token must stay good: keys are not taken out of use
// when a new one comes, they stop minting (OC-22). Plain data; reading the file they come from is
// config/token_key_file.h.

#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <string>

namespace optout {

inline constexpr unsigned kHighestTokenKey = 63;  // a token has six bits for the number of its key
inline constexpr std::size_t kTokenKeyOctets = 32;

struct TokenKey {
  std::string secret;            // kTokenKeyOctets
  std::chrono::sys_days made{};  // the epoch where the file does not say
  bool retired = false;          // tokens made with it are worth nothing any more

  friend bool operator==(const TokenKey&, const TokenKey&) = default;
};

using TokenKeys = std::map<unsigned, TokenKey>;

// The highest number that is not retired; nothing if there is none.
std::optional<unsigned> minting_key(const TokenKeys& keys);

// A key that nobody can guess, made on this day.
TokenKey new_token_key(std::chrono::sys_days made);

// Tells keys apart without revealing them: "3:9f8e7d6c5b4a3021".
std::string token_key_fingerprint(unsigned number, const TokenKey& key);

}  // namespace optout

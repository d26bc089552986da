// Members that name nobody: "#1:" and a keyed hash of the lookup key (LG-12).
//
// HMAC-SHA-256 with a secret that is not in Redis, cut to 128 bits. The number is the digest key's;
// keys are never retired, as members cannot be rewritten without the address.

#pragma once

#include <string>
#include <string_view>

namespace optout {

// `number` and its 32-octet `secret` come from MemberOptions::digest_keys. `member` is a lookup key
// or "@domain".
std::string digest_member(unsigned number, std::string_view secret, std::string_view member);

// Tells keys apart without revealing them: "1:9f8e7d6c5b4a3021".
std::string digest_key_fingerprint(unsigned number, std::string_view secret);

}  // namespace optout

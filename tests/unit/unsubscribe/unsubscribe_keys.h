// Keys for tests.

#pragma once

#include "unsubscribe/token_keys.h"

#include <string_view>

namespace optout::test {

// Octets written in hex, without any checks.
inline std::string from_hex(std::string_view hex) {
  std::string octets;
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2)
    octets += static_cast<char>(std::stoi(std::string(hex.substr(i, 2)), nullptr, 16));
  return octets;
}

// SHA-256 of "a key of the tests"
inline const std::string kTestSecret =
    from_hex("773a4fa29b88e3f28dc7eaa78f758da4c2d2dafd157a4faaca8a58a9c888edc1");

inline TokenKeys test_keys() {
  return {{3, {.secret = kTestSecret, .made = {}, .retired = false}}};
}

}  // namespace optout::test

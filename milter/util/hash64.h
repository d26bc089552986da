// A 64-bit hash that every build on every machine computes alike, for numbers that several hosts
// share. Spreads well; keeps no secret and resists nobody who looks for collisions.

#pragma once

#include <cstdint>
#include <string_view>

namespace optout {

// FNV-1a, with its bits mixed once more: FNV alone hardly moves the high ones of short texts.
// `seed`: the hash of what came before.
constexpr std::uint64_t hash64(std::string_view text,
                               std::uint64_t seed = 0xcbf29ce484222325U) noexcept {
  constexpr std::uint64_t kPrime = 0x100000001b3U;
  std::uint64_t hash = seed;
  for (const char c : text)
    hash = (hash ^ static_cast<unsigned char>(c)) * kPrime;
  hash = (hash ^ (hash >> 30)) * 0xbf58476d1ce4e5b9U;
  hash = (hash ^ (hash >> 27)) * 0x94d049bb133111ebU;
  return hash ^ (hash >> 31);
}

}  // namespace optout

// The same command for very many fields, members or keys: some at a time, as a long one would hold
// up everybody else's in Redis.
//
// Pure functions; any thread.

#pragma once

#include "redis/commands.h"

#include <algorithm>
#include <cstddef>
#include <span>
#include <string_view>

namespace optout {

inline constexpr std::size_t kAtOnce = 1'000;

// "HDEL" or "ZREM", of what is in `key`; "DEL" without one.
template <typename Word>
void add_in_bulk(redis::Commands& commands, std::string_view command, std::string_view key,
                 std::span<const Word> words) {
  for (; !words.empty(); words = words.subspan(std::min(words.size(), kAtOnce))) {
    const auto some = words.first(std::min(words.size(), kAtOnce));
    commands.begin(some.size() + (key.empty() ? 1 : 2)).word(command);
    if (!key.empty()) commands.word(key);
    for (const Word& word : some)
      commands.word(std::string_view(word));
  }
}

}  // namespace optout

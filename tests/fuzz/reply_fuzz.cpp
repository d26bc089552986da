// Replies of Redis: whatever arrives, in whatever pieces, the same comes of it, or nothing.

#include "redis/reply_reader.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <string_view>
#include <vector>

namespace {

using optout::redis::Reply;
using optout::redis::ReplyReader;

constexpr std::size_t kExpected = 4;

bool same(const Reply& a, const Reply& b) {
  if (a.is_nil() != b.is_nil() || a.is_error() != b.is_error() || a.is_array() != b.is_array() ||
      a.integer() != b.integer() || a.text() != b.text() || a.size() != b.size())
    return false;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (!same(a[i], b[i])) return false;
  }
  return true;
}

// Nothing where it is garbled.
std::optional<std::vector<Reply>> read(std::string_view octets, std::size_t piece) {
  ReplyReader reader;
  std::vector<Reply> replies;
  replies.reserve(kExpected);
  while (!octets.empty() && replies.size() < kExpected) {
    const std::string_view some = octets.substr(0, piece);
    octets.remove_prefix(some.size());
    reader.feed(some);
    if (!reader.take(kExpected, replies)) return std::nullopt;
  }
  return replies;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view octets(reinterpret_cast<const char*>(data), size);
  const auto at_once = read(octets, std::max<std::size_t>(size, 1));
  const auto in_pieces = read(octets, 1);
  if (!at_once) return 0;  // in pieces nobody hears of what comes behind the last reply
  if (!in_pieces ||
      !std::equal(at_once->begin(), at_once->end(), in_pieces->begin(), in_pieces->end(), same))
    std::abort();
  return 0;
}

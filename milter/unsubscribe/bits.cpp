#include "unsubscribe/bits.h"

#include <algorithm>
#include <utility>

namespace optout {

void BitWriter::put(std::uint64_t value, unsigned count) {
  constexpr unsigned kHalf = 32;
  if (count > kHalf) {
    put(value >> kHalf, count - kHalf);
    count = kHalf;
  }
  bits_ = bits_ << count | (value & ((std::uint64_t{1} << count) - 1));
  for (held_ += count; held_ >= 8; held_ -= 8)
    octets_ += static_cast<char>(bits_ >> (held_ - 8));
}

std::string BitWriter::octets() && {
  if (held_ > 0) put(0, 8 - held_);
  return std::move(octets_);
}

std::optional<std::uint64_t> BitReader::take(unsigned count) noexcept {
  if (count > left()) return std::nullopt;
  std::uint64_t value = 0;
  while (count > 0) {
    const unsigned unread = 8 - static_cast<unsigned>(at_ % 8);
    const unsigned now = std::min(count, unread);
    const unsigned octet = static_cast<unsigned char>(octets_[at_ / 8]);
    value = (value << now) | ((octet >> (unread - now)) & ((1U << now) - 1));
    at_ += now;
    count -= now;
  }
  return value;
}

bool BitReader::only_padding_left() noexcept {
  const std::size_t rest = left();
  return rest < 8 && take(static_cast<unsigned>(rest)) == std::uint64_t{0};
}

}  // namespace optout

#include "unsubscribe/bits.h"

#include <algorithm>

namespace optout {

void BitWriter::put(std::uint64_t value, unsigned count) {
  while (count > 0) {
    if (free_ == 0) {
      octets_ += '\0';
      free_ = 8;
    }
    const unsigned now = std::min(count, free_);
    count -= now;
    free_ -= now;
    const auto bits = static_cast<unsigned>(value >> count) & ((1U << now) - 1);
    octets_.back() =
        static_cast<char>(static_cast<unsigned char>(octets_.back()) | (bits << free_));
  }
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

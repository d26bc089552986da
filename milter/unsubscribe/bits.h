// Octets written and read bit by bit, the highest bit of an octet first.

#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace optout {

class BitWriter {
public:
  BitWriter() { octets_.reserve(64); }

  // The lowest `count` bits of `value`, at most 64 of them.
  void put(std::uint64_t value, unsigned count);

  // All that was put, filled up with zeros to a whole octet.
  std::string octets() &&;

private:
  std::string octets_;
  std::uint64_t bits_ = 0;  // those not yet in an octet are the lowest `held_`
  unsigned held_ = 0;
};

class BitReader {
public:
  explicit BitReader(std::string_view octets) noexcept : octets_(octets) {}

  // The next `count` bits, at most 64 of them; nothing where there are not so many left.
  std::optional<std::uint64_t> take(unsigned count) noexcept;

  // Whether what is left is what BitWriter fills the last octet up with.
  bool only_padding_left() noexcept;

private:
  std::size_t left() const noexcept { return octets_.size() * 8 - at_; }

  std::string_view octets_;
  std::size_t at_ = 0;  // in bits
};

}  // namespace optout

#include "guard/share.h"

#include <algorithm>

namespace optout {
namespace {

// A share need not be known better than to a percent of itself: up to 100,000 people it is.
constexpr std::uint64_t kBits = std::uint64_t{1} << 15;
constexpr std::uint64_t kOctets = kBits / 8;

// Of one message's people; more make no difference to a share.
constexpr std::size_t kEnough = 5'000;

std::span<const Person> enough(std::span<const Person> people) noexcept {
  return people.first(std::min(people.size(), kEnough));
}

std::size_t bits_for(std::size_t people, std::size_t opted_out) noexcept {
  return std::min(people, kEnough) + 2 * std::min(opted_out, kEnough);
}

std::vector<std::uint64_t> bits_of(std::span<const Person> people,
                                   std::span<const Person> opted_out) {
  std::vector<std::uint64_t> bits;
  bits.reserve(bits_for(people.size(), opted_out.size()));
  for (const Person person : enough(people))
    bits.push_back(person % kBits);
  for (const Person person : enough(opted_out)) {
    bits.push_back(person % kBits);
    bits.push_back(kBits + person % kBits);
  }
  return bits;
}

}  // namespace

void ask_share(redis::Commands& commands, const Share& share, std::span<const Person> people,
               std::span<const Person> opted_out) {
  const auto bits = bits_of(people, opted_out);
  if (!bits.empty()) {
    commands.add({"SET", share.key, "", "EX", std::to_string(share.window.count()), "NX"});
    ask_to_set_bits(commands, share.key, bits, "1");
  }
  commands.add({"BITCOUNT", share.key, "0", std::to_string(kOctets - 1)});
  commands.add({"BITCOUNT", share.key, std::to_string(kOctets), std::to_string(2 * kOctets - 1)});
}

Result<ShareReading> read_share(std::span<const redis::Reply>& replies, std::size_t people,
                                std::size_t opted_out) {
  const std::size_t bits = bits_for(people, opted_out);
  if (bits > 0) {
    for (std::size_t i = 0; i < 1 + commands_for_bits(bits); ++i) {
      if (auto done = take_reply(replies, "BITFIELD"); !done) return std::move(done).error();
    }
  }
  const auto all = take_integer(replies, "BITCOUNT");
  if (!all) return all.error();
  const auto out = take_integer(replies, "BITCOUNT");
  if (!out) return out.error();
  return ShareReading{.people = people_behind(*all, kBits),
                      .opted_out = people_behind(*out, kBits)};
}

}  // namespace optout

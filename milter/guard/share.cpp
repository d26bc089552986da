#include "guard/share.h"

#include <algorithm>
#include <limits>

namespace optout {
namespace {

// A share need not be known better than to a percent of itself: up to 100,000 people it is.
constexpr std::uint64_t kBits = std::uint64_t{1} << 15;

std::vector<std::uint64_t> bits_of(std::span<const Person> people,
                                   std::span<const Person> opted_out) {
  std::vector<std::uint64_t> bits;
  bits.reserve(people.size() + 2 * opted_out.size());
  for (const Person person : people)
    bits.push_back(person % kBits);
  for (const Person person : opted_out) {
    bits.push_back(person % kBits);
    bits.push_back(kBits + person % kBits);
  }
  return bits;
}

// Whether they cannot be the share that is too large, however few all of them are.
bool is_of_no_interest(const Share& share, std::uint64_t opted_out, std::uint64_t people) noexcept {
  return opted_out * 10'000 < std::max(people, share.people_of_interest) * share.part_of_interest;
}

}  // namespace

Addressed enough_for_share(Addressed all) noexcept {
  constexpr std::size_t kEnough = 5'000;
  Person last = std::numeric_limits<Person>::max();
  for (const auto& group : {all.people, all.opted_out}) {
    if (group.size() > kEnough) last = std::min(last, group[kEnough - 1]);
  }
  const auto up_to_last = [&](std::span<const Person> group) {
    const auto end = std::upper_bound(group.begin(), group.end(), last);
    return group.first(static_cast<std::size_t>(end - group.begin()));
  };
  return {.people = up_to_last(all.people), .opted_out = up_to_last(all.opted_out)};
}

BitField Share::field() const {
  return {.key = key, .window = window, .bits = kBits, .rows = 2};
}

FieldInquiry inquiry_for(const Share& share, const std::optional<FieldBelief>& belief,
                         std::size_t people, std::size_t opted_out, Stamp now) {
  if (people + opted_out == 0 || !is_under_way(belief, share.field(), now)) return {};
  const std::uint64_t most = belief->at_most(belief->latest).second + opted_out;
  // As much again may be other relays' by now, or one question will not do.
  const bool counts = !is_of_no_interest(share, 2 * people_behind(most, kBits),
                                         people_behind(belief->set.first, kBits));
  return {.belief = belief, .begins = false, .counts = counts};
}

void ask_share(redis::Commands& commands, const Share& share, std::span<const Person> people,
               std::span<const Person> opted_out, Stamp now, const FieldInquiry& inquiry) {
  ask_field(commands, share.field(), bits_of(people, opted_out), now, inquiry);
}

Result<ShareReading> read_share(std::span<const redis::Reply>& replies, const Share& share,
                                std::span<const Person> people, std::span<const Person> opted_out,
                                const FieldInquiry& inquiry) {
  const auto read = read_field(replies, share.field(), bits_of(people, opted_out), inquiry);
  if (!read) return read.error();
  const std::uint64_t at_least = people_behind(read->at_least.first, kBits);
  ShareReading reading{.people = people_behind(read->set.first, kBits),
                       .opted_out = people_behind(read->set.second, kBits),
                       .belief = read->belief,
                       .has_no_beginning = read->has_no_beginning};
  if (read->counted) return reading;
  reading.is_doubtful = !is_of_no_interest(share, reading.opted_out, at_least);
  return reading;
}

}  // namespace optout

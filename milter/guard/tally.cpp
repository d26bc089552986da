#include "guard/tally.h"

#include "suppression/redis_transaction.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>

namespace optout {
namespace {

using redis::Commands;
using redis::Reply;

constexpr std::uint64_t kFewestBits = std::uint64_t{1} << 16;  // 8 KiB
constexpr std::uint64_t kMostBits = std::uint64_t{1} << 23;    // 1 MiB
constexpr std::size_t kBitsAtOnce = 1000;                      // in one command

// Eight octets, and not twenty digits: a ZSET of them takes half the memory.
using Member = std::array<char, sizeof(Person)>;
Member member_of(Person person) noexcept {
  return std::bit_cast<Member>(person);
}
std::string_view text(const Member& member) noexcept {
  return {member.data(), member.size()};
}

std::uint64_t microseconds(std::chrono::seconds window) noexcept {
  return static_cast<std::uint64_t>(std::chrono::microseconds(window).count());
}

// The half of the window that `now` is in, counted from 1970.
std::uint64_t half_of(const Tally& tally, Stamp now) noexcept {
  return now / std::max<std::uint64_t>(microseconds(tally.window) / 2, 1);
}

// What is read during one half holds that half and the one before.
std::string field_of(const Tally& tally, std::uint64_t half) {
  return fmt::format("{}:{}", tally.key, half);
}

std::string seconds_text(std::chrono::seconds window) {
  return std::to_string(std::max<std::int64_t>(window.count(), 1));
}

std::vector<std::uint64_t> bits_of(const Tally& tally, std::span<const Person> people) {
  std::vector<std::uint64_t> bits;
  bits.reserve(people.size());
  for (const Person person : people)
    bits.push_back(person % tally.bits());
  return bits;
}

// In commands of bounded length; each bit has its reply in an array.
void set_bits(Commands& commands, const std::string& key, std::span<const std::uint64_t> bits,
              std::string_view value) {
  for (; !bits.empty(); bits = bits.subspan(std::min(kBitsAtOnce, bits.size()))) {
    const auto some = bits.first(std::min(kBitsAtOnce, bits.size()));
    std::vector<std::string> offsets;
    offsets.reserve(some.size());
    for (const std::uint64_t bit : some)
      offsets.push_back(std::to_string(bit));
    std::vector<std::string_view> argv{"BITFIELD", key};
    for (const std::string& offset : offsets)
      argv.insert(argv.end(), {"SET", "u1", offset, value});
    commands.add(argv);
  }
}

std::size_t commands_for(std::size_t bits) noexcept {
  return (bits + kBitsAtOnce - 1) / kBitsAtOnce;
}

void ask_exact(Commands& commands, const Tally& tally, std::span<const Person> people, Stamp now) {
  const std::string stamp = std::to_string(now);
  const std::string outdated = std::to_string(now - std::min(now, microseconds(tally.window)));
  if (!people.empty()) {
    // Whoever has more than enough need not be counted to the last one.
    const auto some = people.first(std::min<std::size_t>(people.size(), tally.most + 1));
    std::vector<Member> members;
    members.reserve(some.size());
    for (const Person person : some)
      members.push_back(member_of(person));
    std::vector<std::string_view> argv{"ZADD", tally.key};
    for (const Member& member : members)
      argv.insert(argv.end(), {stamp, text(member)});
    commands.add(argv);
  }
  commands.add({"ZREMRANGEBYSCORE", tally.key, "-inf", outdated});
  commands.add({"ZCARD", tally.key});
  if (!people.empty()) commands.add({"EXPIRE", tally.key, seconds_text(tally.window)});
}

void ask_estimate(Commands& commands, const Tally& tally, std::span<const Person> people,
                  Stamp now) {
  const std::uint64_t half = half_of(tally, now);
  const std::string current = field_of(tally, half);
  if (!people.empty()) {
    const auto bits = bits_of(tally, people);
    const std::string seconds = seconds_text(tally.window);
    for (const std::string& key : {current, field_of(tally, half + 1)}) {
      set_bits(commands, key, bits, "1");
      commands.add({"EXPIRE", key, seconds});
    }
  }
  commands.add({"BITCOUNT", current});
}

std::uint64_t people_behind(std::int64_t set, std::uint64_t bits) {
  const auto all = static_cast<double>(bits);
  const double zero = std::max(all - static_cast<double>(set), 1.0);
  return static_cast<std::uint64_t>(std::llround(-all * std::log(zero / all)));
}

const Reply* take(std::span<const Reply>& replies) {
  if (replies.empty()) return nullptr;
  const Reply* first = &replies.front();
  replies = replies.subspan(1);
  return first;
}

Error trouble(const Reply* reply, std::string_view command) {
  if (reply != nullptr && reply->is_error())
    return {redis::fault_of(reply->text()), "redis: " + std::string(reply->text())};
  return wrong_shape(command);
}

}  // namespace

std::uint64_t Tally::bits() const noexcept {
  // At one and a half people for each bit the error is 0.94 divided by the root of the bits.
  std::uint64_t bits = kFewestBits;
  while (bits < kMostBits && bits + bits / 2 < most)
    bits *= 2;
  return bits;
}

Tally tally_of(std::string key, std::chrono::seconds window, std::uint64_t most) {
  return {.key = std::move(key), .window = window, .most = most, .exact = most <= kExactUpTo};
}

void ask_tally(Commands& commands, const Tally& tally, std::span<const Person> people, Stamp now) {
  tally.exact ? ask_exact(commands, tally, people, now)
              : ask_estimate(commands, tally, people, now);
}

Result<TallyReading> read_tally(std::span<const Reply>& replies, const Tally& tally,
                                std::span<const Person> people) {
  TallyReading reading;
  const auto number = [&](std::string_view command) -> Result<std::int64_t> {
    const Reply* const reply = take(replies);
    if (reply == nullptr || !reply->is_integer()) return trouble(reply, command);
    return reply->integer();
  };
  if (tally.exact) {
    if (!people.empty()) {
      if (auto added = number("ZADD"); !added) return std::move(added).error();
    }
    if (auto removed = number("ZREMRANGEBYSCORE"); !removed) return std::move(removed).error();
    const auto count = number("ZCARD");
    if (!count) return count.error();
    reading.people = static_cast<std::uint64_t>(*count);
    if (!people.empty()) {
      if (auto expires = number("EXPIRE"); !expires) return std::move(expires).error();
    }
    return reading;
  }
  if (!people.empty()) {
    const auto bits = bits_of(tally, people);
    for (const bool is_current : {true, false}) {
      std::size_t at = 0;
      for (std::size_t i = 0; i < commands_for(bits.size()); ++i) {
        const Reply* const before = take(replies);
        if (before == nullptr || !before->is_array()) return trouble(before, "BITFIELD");
        for (std::size_t j = 0; j < before->size() && at < bits.size(); ++j, ++at) {
          if (is_current && (*before)[j].integer() == 0) reading.newly_set.push_back(bits[at]);
        }
      }
      if (auto expires = number("EXPIRE"); !expires) return std::move(expires).error();
    }
  }
  const auto set = number("BITCOUNT");
  if (!set) return set.error();
  reading.people = people_behind(*set, tally.bits());
  return reading;
}

void ask_to_undo(Commands& commands, const Tally& tally, const TallyReading& reading, Stamp now) {
  if (tally.exact) {
    const std::string stamp = std::to_string(now);
    commands.add({"ZREMRANGEBYSCORE", tally.key, stamp, stamp});
    return;
  }
  const std::uint64_t half = half_of(tally, now);
  for (const std::string& key : {field_of(tally, half), field_of(tally, half + 1)})
    set_bits(commands, key, reading.newly_set, "0");
}

void ask_to_take_off(Commands& commands, const Tally& tally, const TallyReading& reading,
                     std::span<const Person> people, Stamp now) {
  if (people.empty()) return;
  if (tally.exact) {
    std::vector<Member> members;
    members.reserve(people.size());
    for (const Person person : people)
      members.push_back(member_of(person));
    std::vector<std::string_view> argv{"ZREM", tally.key};
    for (const Member& member : members)
      argv.push_back(text(member));
    commands.add(argv);
    return;
  }
  std::vector<std::uint64_t> bits;
  for (const std::uint64_t bit : bits_of(tally, people)) {
    if (std::find(reading.newly_set.begin(), reading.newly_set.end(), bit) !=
        reading.newly_set.end())
      bits.push_back(bit);
  }
  const std::uint64_t half = half_of(tally, now);
  for (const std::string& key : {field_of(tally, half), field_of(tally, half + 1)})
    set_bits(commands, key, bits, "0");
}

std::vector<std::string> keys_of(const Tally& tally, Stamp now) {
  if (tally.exact) return {tally.key};
  const std::uint64_t half = half_of(tally, now);
  return {field_of(tally, half), field_of(tally, half + 1)};
}

}  // namespace optout

#include "guard/tally.h"

#include "suppression/redis_transaction.h"

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

std::string seconds_text(std::chrono::seconds window) {
  return std::to_string(std::max<std::int64_t>(window.count(), 1));
}

std::size_t people_in(std::span<const Addition> additions) noexcept {
  std::size_t all = 0;
  for (const Addition& addition : additions)
    all += addition.people.size();
  return all;
}

// Whoever has more than enough need not be counted to the last one: some more, as an estimate errs.
std::span<const Person> enough(const Tally& tally, std::span<const Person> people) noexcept {
  const std::uint64_t most = tally.most + 1 + (tally.exact ? 0 : tally.most / 16);
  return people.first(std::min<std::size_t>(people.size(), most));
}

void add_exactly(Commands& commands, const Tally& tally, const Addition& addition) {
  const auto people = enough(tally, addition.people);
  if (people.empty()) return;
  const std::string stamp = std::to_string(addition.stamp);
  std::vector<Member> members;
  members.reserve(people.size());
  std::vector<std::string_view> before{"ZMSCORE", tally.key};
  std::vector<std::string_view> added{"ZADD", tally.key};
  for (const Person person : people) {
    members.push_back(member_of(person));
    before.push_back(text(members.back()));
    added.insert(added.end(), {stamp, text(members.back())});
  }
  commands.add(before);
  commands.add(added);
}

void ask_exact(Commands& commands, const Tally& tally, std::span<const Addition> additions,
               Stamp now) {
  const std::string outdated = std::to_string(now - std::min(now, microseconds(tally.window)));
  commands.add({"ZREMRANGEBYSCORE", tally.key, "-inf", outdated});
  for (const Addition& addition : additions)
    add_exactly(commands, tally, addition);
  commands.add({"ZCARD", tally.key});
  if (people_in(additions) > 0) commands.add({"EXPIRE", tally.key, seconds_text(tally.window)});
}

std::vector<std::uint64_t> bits_of(const Tally& tally, std::span<const Addition> additions) {
  std::vector<std::uint64_t> bits;
  bits.reserve(people_in(additions));
  for (const Addition& addition : additions) {
    for (const Person person : enough(tally, addition.people))
      bits.push_back(person % tally.bits());
  }
  return bits;
}

// The window begins where there is none: a bit set in a key that is not there would never expire.
void ask_to_begin(Commands& commands, const Tally& tally) {
  commands.add({"SET", tally.key, "", "EX", seconds_text(tally.window), "NX"});
}

void clear_bits(Commands& commands, const Tally& tally, std::span<const std::uint64_t> bits) {
  if (bits.empty()) return;
  ask_to_begin(commands, tally);
  ask_to_set_bits(commands, tally.key, bits, "0");
}

void ask_estimate(Commands& commands, const Tally& tally, std::span<const Addition> additions) {
  const auto bits = bits_of(tally, additions);
  if (!bits.empty()) {
    ask_to_begin(commands, tally);
    ask_to_set_bits(commands, tally.key, bits, "1");
  }
  commands.add({"BITCOUNT", tally.key});
}

// Of each, `added` were new: those behind one are no part of what it saw.
void tell_apart(std::vector<TallyReading>& readings, std::uint64_t in_all,
                std::span<const std::uint64_t> added) {
  std::uint64_t behind = 0;
  for (std::size_t i = readings.size(); i-- > 0;) {
    readings[i].people = in_all - std::min(in_all, behind);
    if (i < added.size()) behind += added[i];
  }
}

Result<std::vector<TallyReading>> read_exact(std::span<const Reply>& replies, const Tally& tally,
                                             std::span<const Addition> additions) {
  std::vector<TallyReading> readings(std::max<std::size_t>(additions.size(), 1));
  std::vector<std::uint64_t> added(additions.size());
  if (auto left = take_integer(replies, "ZREMRANGEBYSCORE"); !left) return std::move(left).error();
  for (std::size_t i = 0; i < additions.size(); ++i) {
    if (enough(tally, additions[i].people).empty()) continue;
    const auto before = take_reply(replies, "ZMSCORE");
    if (!before) return before.error();
    for (std::size_t j = 0; j < (*before)->size(); ++j)
      readings[i].mailed_before.emplace_back((**before)[j].text());
    const auto number = take_integer(replies, "ZADD");
    if (!number) return number.error();
    added[i] = static_cast<std::uint64_t>(*number);
  }
  const auto people = take_integer(replies, "ZCARD");
  if (!people) return people.error();
  if (people_in(additions) > 0) {
    if (auto expires = take_integer(replies, "EXPIRE"); !expires) return std::move(expires).error();
  }
  tell_apart(readings, static_cast<std::uint64_t>(*people), added);
  return readings;
}

Result<std::vector<TallyReading>> read_estimate(std::span<const Reply>& replies, const Tally& tally,
                                                std::span<const Addition> additions) {
  std::vector<TallyReading> readings(std::max<std::size_t>(additions.size(), 1));
  const auto bits = bits_of(tally, additions);
  if (!bits.empty()) {
    if (auto begun = take_reply(replies, "SET"); !begun) return std::move(begun).error();
    std::size_t at = 0;
    std::size_t whose = 0;
    std::size_t end_of_whose = enough(tally, additions.front().people).size();
    for (std::size_t i = 0; i < commands_for_bits(bits.size()); ++i) {
      const auto before = take_reply(replies, "BITFIELD");
      if (!before) return before.error();
      for (std::size_t j = 0; j < (*before)->size() && at < bits.size(); ++j, ++at) {
        while (at == end_of_whose)
          end_of_whose += enough(tally, additions[++whose].people).size();
        if ((**before)[j].integer() == 0) readings[whose].newly_set.push_back(bits[at]);
      }
    }
  }
  const auto set = take_integer(replies, "BITCOUNT");
  if (!set) return set.error();
  std::int64_t seen = *set;
  for (std::size_t i = readings.size(); i-- > 0;) {
    readings[i].people = people_behind(seen, tally.bits());
    seen -= static_cast<std::int64_t>(readings[i].newly_set.size());
  }
  return readings;
}

}  // namespace

std::uint64_t Tally::bits() const noexcept {
  // At three and a half people for each bit the error is 1.53 divided by the root of the bits: 0.6
  // % of the fewest. Counting bits takes Redis a quarter of a microsecond for each KiB.
  std::uint64_t bits = kFewestBits;
  while (bits < kMostBits && bits / 2 * 7 < most)
    bits *= 2;
  return bits;
}

Tally tally_of(std::string key, std::chrono::seconds window, std::uint64_t most) {
  if (most > kExactUpTo) return estimated(std::move(key), window, most);
  return {.key = std::move(key), .window = window, .most = most, .exact = true};
}

Tally estimated(std::string key, std::chrono::seconds window, std::uint64_t most) {
  Tally tally{.key = std::move(key), .window = window, .most = most, .exact = false};
  tally.key += "~" + std::to_string(tally.bits());
  return tally;
}

void ask_tally(Commands& commands, const Tally& tally, std::span<const Addition> additions,
               Stamp now) {
  tally.exact ? ask_exact(commands, tally, additions, now)
              : ask_estimate(commands, tally, additions);
}

Result<std::vector<TallyReading>> read_tally(std::span<const Reply>& replies, const Tally& tally,
                                             std::span<const Addition> additions) {
  if (!tally.exact) return read_estimate(replies, tally, additions);
  return read_exact(replies, tally, additions);
}

void ask_to_undo(Commands& commands, const Tally& tally, const TallyReading& reading,
                 std::span<const Person> people) {
  if (!tally.exact) return clear_bits(commands, tally, reading.newly_set);
  const auto some = people.first(std::min(people.size(), reading.mailed_before.size()));
  std::vector<Member> members;
  members.reserve(some.size());
  std::vector<std::string_view> removed{"ZREM", tally.key};
  std::vector<std::string_view> restored{"ZADD", tally.key};
  for (std::size_t i = 0; i < some.size(); ++i) {
    members.push_back(member_of(some[i]));
    const std::string& before = reading.mailed_before[i];
    if (before.empty()) {
      removed.push_back(text(members.back()));
    } else {
      restored.insert(restored.end(), {before, text(members.back())});
    }
  }
  if (removed.size() > 2) commands.add(removed);
  if (restored.size() > 2) {
    commands.add(restored);
    commands.add({"EXPIRE", tally.key, seconds_text(tally.window)});
  }
}

std::uint64_t people_behind(std::int64_t set, std::uint64_t bits) {
  const auto all = static_cast<double>(bits);
  const double zero = std::max(all - static_cast<double>(set), 1.0);
  return static_cast<std::uint64_t>(std::llround(-all * std::log(zero / all)));
}

void ask_to_set_bits(Commands& commands, const std::string& key,
                     std::span<const std::uint64_t> bits, std::string_view value) {
  for (; !bits.empty(); bits = bits.subspan(std::min(kBitsAtOnce, bits.size()))) {
    const auto some = bits.first(std::min(kBitsAtOnce, bits.size()));
    std::vector<std::string> offsets;
    offsets.reserve(some.size());
    std::vector<std::string_view> argv{"BITFIELD", key};
    for (const std::uint64_t bit : some) {
      offsets.push_back(std::to_string(bit));
      argv.insert(argv.end(), {"SET", "u1", offsets.back(), value});
    }
    commands.add(argv);
  }
}

std::size_t commands_for_bits(std::size_t bits) noexcept {
  return (bits + kBitsAtOnce - 1) / kBitsAtOnce;
}

Result<const Reply*> take_reply(std::span<const Reply>& replies, std::string_view command) {
  if (replies.empty()) return wrong_shape(command);
  const Reply& reply = replies.front();
  replies = replies.subspan(1);
  if (reply.is_error())
    return Error{redis::fault_of(reply.text()), "redis: " + std::string(reply.text())};
  return &reply;
}

Result<std::int64_t> take_integer(std::span<const Reply>& replies, std::string_view command) {
  const auto reply = take_reply(replies, command);
  if (!reply) return reply.error();
  if (!(*reply)->is_integer()) return wrong_shape(command);
  return (*reply)->integer();
}

}  // namespace optout

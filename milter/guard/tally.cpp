#include "guard/tally.h"

#include "suppression/redis_transaction.h"

#include <algorithm>
#include <array>
#include <bit>

namespace optout {
namespace {

using redis::Commands;
using redis::Reply;

constexpr std::uint64_t kFewestBits = std::uint64_t{1} << 16;  // 8 KiB
constexpr std::uint64_t kMostBits = std::uint64_t{1} << 23;    // 1 MiB

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

void expire(Commands& commands, const Tally& tally) {
  const auto seconds = std::max<std::int64_t>(tally.window.count(), 1);
  commands.begin(3).word("EXPIRE").word(tally.key).word(static_cast<std::uint64_t>(seconds));
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

// Each message asks how many there are with its own: what others add in between is none of its
// business.
void add_exactly(Commands& commands, const Tally& tally, const Addition& addition) {
  const auto people = enough(tally, addition.people);
  if (people.empty()) return;
  commands.begin(2 + people.size()).word("ZMSCORE").word(tally.key);
  for (const Person person : people)
    commands.word(text(member_of(person)));
  commands.begin(2 + 2 * people.size()).word("ZADD").word(tally.key);
  for (const Person person : people)
    commands.word(addition.stamp).word(text(member_of(person)));
  commands.add({"ZCARD", tally.key});
}

void ask_exact(Commands& commands, const Tally& tally, std::span<const Addition> additions,
               Stamp now) {
  const std::uint64_t outdated = now - std::min(now, microseconds(tally.window));
  commands.begin(4).word("ZREMRANGEBYSCORE").word(tally.key).word("-inf").word(outdated);
  for (const Addition& addition : additions)
    add_exactly(commands, tally, addition);
  if (people_in(additions) > 0) {
    expire(commands, tally);
  } else {
    commands.add({"ZCARD", tally.key});
  }
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

Result<TallyReadings> read_exact(std::span<const Reply>& replies, const Tally& tally,
                                 std::span<const Addition> additions) {
  std::vector<TallyReading> readings(std::max<std::size_t>(additions.size(), 1));
  const auto take_people = [&](TallyReading& reading) -> Result<Done> {
    const auto people = take_integer(replies, "ZCARD");
    if (!people) return people.error();
    reading.people = static_cast<std::uint64_t>(*people);
    return Done{};
  };
  if (auto left = take_integer(replies, "ZREMRANGEBYSCORE"); !left) return std::move(left).error();
  for (std::size_t i = 0; i < additions.size(); ++i) {
    if (enough(tally, additions[i].people).empty()) continue;
    const auto before = take_reply(replies, "ZMSCORE");
    if (!before) return before.error();
    for (std::size_t j = 0; j < (*before)->size(); ++j)
      readings[i].mailed_before.emplace_back((**before)[j].text());
    if (auto number = take_integer(replies, "ZADD"); !number) return std::move(number).error();
    if (auto done = take_people(readings[i]); !done) return std::move(done).error();
  }
  if (people_in(additions) > 0) {
    if (auto expires = take_integer(replies, "EXPIRE"); !expires) return std::move(expires).error();
  } else if (auto done = take_people(readings.front()); !done) {
    return std::move(done).error();
  }
  return TallyReadings{.of = std::move(readings)};
}

// Of each message the bits that nobody has set before it; the last one saw them all.
Result<TallyReadings> read_estimate(std::span<const Reply>& replies, const Tally& tally,
                                    std::span<const Addition> additions,
                                    const FieldInquiry& inquiry) {
  const auto places = bits_of(tally, additions);
  auto read = read_field(replies, tally.field(), places, inquiry);
  if (!read) return std::move(read).error();
  TallyReadings readings{
      .of = std::vector<TallyReading>(std::max<std::size_t>(additions.size(), 1)),
      .belief = read->belief,
      .has_no_beginning = read->has_no_beginning};
  std::span<const std::uint64_t> rest(places);
  std::span<const std::uint64_t> newly_set(read->newly_set);
  const bool is_one = additions.size() == 1;
  if (is_one) readings.of.front().newly_set = std::move(read->newly_set);
  for (std::size_t i = 0; i < additions.size() && !is_one; ++i) {
    const auto mine = rest.first(enough(tally, additions[i].people).size());
    rest = rest.subspan(mine.size());
    for (const std::uint64_t place : mine) {
      if (newly_set.empty() || newly_set.front() != place) continue;
      readings.of[i].newly_set.push_back(place);
      newly_set = newly_set.subspan(1);
    }
  }
  std::uint64_t seen = read->set.first;
  for (std::size_t i = readings.of.size(); i-- > 0;) {
    TallyReading& each = readings.of[i];
    each.people = people_behind(seen, tally.bits());
    each.is_doubtful = !read->counted && each.people >= tally.of_interest;
    seen -= std::min<std::uint64_t>(seen, each.newly_set.size());
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

FieldInquiry inquiry_for(const Tally& tally, const std::optional<FieldBelief>& belief,
                         std::size_t people, Stamp now) {
  if (tally.exact || !is_under_way(belief, tally.field(), now)) return {};
  const std::uint64_t most = belief->at_most(belief->latest).first + people;
  // Others may be counting, too: a quarter is left for them, or one question will not do.
  const bool counts = people_behind(most, tally.bits()) >= tally.of_interest / 4 * 3;
  return {.belief = belief, .begins = false, .counts = counts};
}

void ask_tally(Commands& commands, const Tally& tally, std::span<const Addition> additions,
               Stamp now, const FieldInquiry& inquiry) {
  if (tally.exact) return ask_exact(commands, tally, additions, now);
  ask_field(commands, tally.field(), bits_of(tally, additions), now, inquiry);
}

Result<TallyReadings> read_tally(std::span<const Reply>& replies, const Tally& tally,
                                 std::span<const Addition> additions, const FieldInquiry& inquiry) {
  if (!tally.exact) return read_estimate(replies, tally, additions, inquiry);
  return read_exact(replies, tally, additions);
}

void ask_to_undo(Commands& commands, const Tally& tally, const TallyReading& reading,
                 std::span<const Person> people, Stamp now) {
  if (!tally.exact) return clear_bits(commands, tally.field(), reading.newly_set, now);
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
    expire(commands, tally);
  }
}

bool counts_all(const Tally& tally, std::span<const Person> people) noexcept {
  return enough(tally, people).size() == people.size();
}

void ask_to_leave_out(Commands& commands, const Tally& tally, TallyReading& reading,
                      std::span<const Person> people, std::span<const Person> gone, Stamp now) {
  const auto is_gone = [&](Person person) {
    return std::binary_search(gone.begin(), gone.end(), person);
  };
  TallyReading theirs;
  std::vector<Person> counted;  // of them
  if (tally.exact) {
    std::vector<std::string> of_others;
    for (std::size_t i = 0; i < std::min(people.size(), reading.mailed_before.size()); ++i) {
      std::string& before = reading.mailed_before[i];
      if (is_gone(people[i])) counted.push_back(people[i]);
      (is_gone(people[i]) ? theirs.mailed_before : of_others).push_back(std::move(before));
    }
    reading.mailed_before = std::move(of_others);
  } else {
    // Two people may share a bit.
    const auto is_of_another = [&](std::uint64_t place) {
      return std::any_of(people.begin(), people.end(), [&](Person person) {
        return person % tally.bits() == place && !is_gone(person);
      });
    };
    const auto others =
        std::stable_partition(reading.newly_set.begin(), reading.newly_set.end(), is_of_another);
    theirs.newly_set.assign(others, reading.newly_set.end());
    reading.newly_set.erase(others, reading.newly_set.end());
  }
  const auto taken_off = theirs.newly_set.size() + static_cast<std::size_t>(std::count(
                                                       theirs.mailed_before.begin(),
                                                       theirs.mailed_before.end(), std::string()));
  reading.people -= std::min<std::uint64_t>(reading.people, taken_off);
  // The fuller a field, the more people a bit stands for: there may be fewer.
  if (!tally.exact && reading.people >= tally.of_interest) reading.is_doubtful = true;
  ask_to_undo(commands, tally, theirs, counted, now);
}

}  // namespace optout

#include "guard/bit_field.h"

#include "suppression/redis_transaction.h"

#include <algorithm>
#include <cmath>

namespace optout {
namespace {

using redis::Commands;
using redis::Reply;

constexpr std::uint64_t kHead = 192;        // bits: three words of 64
constexpr std::size_t kBitsAtOnce = 1'000;  // in one command: Redis serves nobody else meanwhile

// The clock of Redis may be read a second late, and expires as it likes.
constexpr Stamp kMargin = 2'000'000;

std::size_t commands_for(std::size_t bits) noexcept {
  return (bits + kBitsAtOnce - 1) / kBitsAtOnce;
}

std::span<const std::uint64_t> part(std::span<const std::uint64_t> places, std::size_t index) {
  const std::size_t from = index * kBitsAtOnce;
  return places.subspan(from, std::min(kBitsAtOnce, places.size() - from));
}

std::uint64_t seconds_of(std::chrono::seconds window) noexcept {
  return static_cast<std::uint64_t>(std::max<std::int64_t>(window.count(), 1));
}

// As BITFIELD writes an i64.
std::string octets(Stamp stamp) {
  std::string text(kHead / 8, '\0');
  for (std::size_t i = 0; i < sizeof stamp; ++i)
    text[i] = static_cast<char>(stamp >> (56 - 8 * i));
  return text;
}

// Where there is none. Its beginning is its first number.
void ask_to_begin(Commands& commands, const BitField& field, Stamp now) {
  commands.begin(6).word("SET").word(field.key).word(octets(now));
  commands.word("EX").word(seconds_of(field.window)).word("NX");
}

// Words that set bits: four for each.
void set_bits(Commands& commands, std::span<const std::uint64_t> places, std::string_view value) {
  for (const std::uint64_t place : places)
    commands.word("SET").word("u1").word(kHead + place).word(value);
}

std::uint64_t number_in(const Reply& reply, std::size_t index) noexcept {
  return static_cast<std::uint64_t>(reply[index].integer());
}

void ask_to_count(Commands& commands, const BitField& field) {
  const std::uint64_t octets = field.bits / 8;
  for (unsigned row = 0; row < field.rows; ++row) {
    const std::uint64_t first = kHead / 8 + row * octets;
    commands.begin(4).word("BITCOUNT").word(field.key).word(first).word(first + octets - 1);
  }
}

}  // namespace

RowNumbers FieldBelief::at_most(const RowNumbers& asked_by_then) const noexcept {
  const auto since = [](std::uint64_t now, std::uint64_t then) {
    return now - std::min(now, then);
  };
  return {.first = set.first + since(asked_by_then.first, asked.first),
          .second = set.second + since(asked_by_then.second, asked.second)};
}

// Many bits are several commands, between which Redis may serve others. So each says what it asks
// for itself, and what the last one hears of is all that can have been set by then.
void ask_field(Commands& commands, const BitField& field, std::span<const std::uint64_t> places,
               Stamp now, const FieldInquiry& inquiry) {
  if (inquiry.begins && !places.empty()) ask_to_begin(commands, field, now);
  for (std::size_t i = 0; i < commands_for(places.size()); ++i) {
    const auto some = part(places, i);
    const auto second = static_cast<std::uint64_t>(std::count_if(
        some.begin(), some.end(), [&](std::uint64_t place) { return place >= field.bits; }));
    commands.begin(5 + 4 * field.rows + 4 * some.size()).word("BITFIELD").word(field.key);
    commands.word("GET").word("i64").word("0");
    commands.word("INCRBY").word("u63").word("65").word(some.size() - second);
    if (field.rows > 1) commands.word("INCRBY").word("u63").word("129").word(second);
    set_bits(commands, some, "1");
  }
  if (inquiry.counts || places.empty()) ask_to_count(commands, field);
}

Result<FieldReading> read_field(std::span<const Reply>& replies, const BitField& field,
                                std::span<const std::uint64_t> places,
                                const FieldInquiry& inquiry) {
  if (inquiry.begins && !places.empty()) {
    if (auto begun = take_reply(replies, "SET"); !begun) return std::move(begun).error();
  }
  FieldReading reading{.counted = inquiry.counts || places.empty()};
  FieldBelief now;
  for (std::size_t i = 0; i < commands_for(places.size()); ++i) {
    const auto some = part(places, i);
    const auto said = take_reply(replies, "BITFIELD");
    if (!said) return said.error();
    const std::size_t head = 1 + field.rows;
    if ((*said)->size() != head + some.size()) return wrong_shape("BITFIELD");
    if (i == 0) now.began = number_in(**said, 0);
    now.latest.first = number_in(**said, 1);
    if (field.rows > 1) now.latest.second = number_in(**said, 2);
    for (std::size_t j = 0; j < some.size(); ++j) {
      if (number_in(**said, head + j) == 0) reading.newly_set.push_back(some[j]);
    }
  }
  // What asks for fewer than it did has lost something: Redis was started from an older copy.
  const auto& before = inquiry.belief;
  const bool is_the_same = before && now.began != 0 && before->began == now.began &&
                           before->latest.first <= now.latest.first &&
                           before->latest.second <= now.latest.second;
  if (reading.counted) {
    for (unsigned row = 0; row < field.rows; ++row) {
      const auto set = take_integer(replies, "BITCOUNT");
      if (!set) return set.error();
      (row == 0 ? now.set.first : now.set.second) = static_cast<std::uint64_t>(*set);
    }
    now.asked = now.latest;
    reading.set = reading.at_least = now.set;
  } else if (is_the_same) {
    now.set = reading.at_least = inquiry.belief->set;
    now.asked = inquiry.belief->asked;
    reading.set = inquiry.belief->at_most(now.latest);
  } else {
    reading.set = now.latest;  // since nothing
  }
  if (now.began != 0) reading.belief = now;
  reading.has_no_beginning = now.began == 0 && !places.empty();
  return reading;
}

bool is_under_way(const std::optional<FieldBelief>& belief, const BitField& field,
                  Stamp now) noexcept {
  const auto window = static_cast<Stamp>(std::chrono::microseconds(field.window).count());
  return belief && now + kMargin < belief->began + window;
}

void begin_field(Commands& commands, const BitField& field, Stamp now) {
  commands.begin(6).word("BITFIELD").word(field.key).word("SET").word("i64").word("0").word(now);
  commands.begin(3).word("EXPIRE").word(field.key).word(seconds_of(field.window));
}

void clear_bits(Commands& commands, const BitField& field, std::span<const std::uint64_t> places,
                Stamp now) {
  if (places.empty()) return;
  ask_to_begin(commands, field, now);  // or, had it expired, it never would again
  for (std::size_t i = 0; i < commands_for(places.size()); ++i) {
    const auto some = part(places, i);
    commands.begin(2 + 4 * some.size()).word("BITFIELD").word(field.key);
    set_bits(commands, some, "0");
  }
}

std::uint64_t people_behind(std::uint64_t set, std::uint64_t bits) {
  const auto all = static_cast<double>(bits);
  const double zero = std::max(all - static_cast<double>(set), 1.0);
  return static_cast<std::uint64_t>(std::llround(-all * std::log(zero / all)));
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

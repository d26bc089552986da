// What Redis holds about one sender beside the tallies: which limits are tripped, what was warned
// of, and what an administrator allows; and about one message of a sender, of which limits of
// same_message it has tripped. A hash with one readable record a field, made of the words
// of suppression/record_words.h.
//
//   trip:recipients/1h
//     until=1795337400123 since=2026-11-22T09:50:00Z step=hold count=501 limit=500%20per%201h …
//
//   warn:recipients/1h
//     until=1795337400123
//
//   told:recipients/1h
//     until=1795337410123
//
//   allow
//     until=1795341000000 since=2026-11-22T09:51:00Z most=20000 by=root
//
// Times called `until` are milliseconds of Redis' own clock, as clocks of relays differ.
//
// Pure functions; any thread.

#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace optout {

using RedisTime = std::uint64_t;  // milliseconds since 1970, by the clock of Redis

// "2026-11-22T09:50:00Z"
std::string instant_text(RedisTime time);

// A limit that was passed, and what follows until then.
struct Trip {
  RedisTime until = 0;
  std::string since{};      // "2026-11-22T09:50:00Z"
  std::string step{};       // as it was when it tripped: warn, hold, defer, reject
  bool monitored = false;   // nothing was done about it
  std::uint64_t count = 0;  // people, the one too many included; of opted_out: the opted-out ones
  std::uint64_t of = 0;     // of opted_out: among so many
  std::string limit{};      // "500 per 1h"
  std::string relay{};      // the host that noticed, and the message it noticed it with
  std::string message{};
  std::string stream{};  // whose limits these are; empty for those of everybody

  friend bool operator==(const Trip&, const Trip&) = default;
};

struct Allowance {
  RedisTime until = 0;
  RedisTime from = 0;
  std::uint64_t most = 0;  // different people from then on
  std::string since{};     // `from`, for people
  std::string by{};
  std::string because{};

  friend bool operator==(const Allowance&, const Allowance&) = default;
};

// Records that nobody can read count as absent.
std::string encode(const Trip& trip);
std::optional<Trip> decode_trip(std::string_view record);
std::string encode(const Allowance& allowance);
std::optional<Allowance> decode_allowance(std::string_view record);
// `by` tells it from others of the same moment.
std::string encode_warning(RedisTime until, std::string_view by);
std::string encode_told(RedisTime until, bool monitored);

struct SenderState {
  std::map<std::string, Trip, std::less<>> trips;  // by name of the limit
  std::map<std::string, RedisTime, std::less<>>
      warnings;  // until when there is no need to repeat one
  struct Told {
    RedisTime until = 0;
    bool monitored = false;
  };
  std::map<std::string, Told, std::less<>> told;  // trips that somebody has told of
  std::optional<Allowance> allowance;
  std::vector<std::string> ended;      // fields that are over
  std::vector<std::string> overruled;  // fields of trips that bind others, but not who asks

  static constexpr std::string_view kAllowance = "allow";
  static constexpr std::string_view kAllowedTrip = "allowed/";  // a limit, and since when
  static std::string trip_field(std::string_view limit) { return "trip:" + std::string(limit); }
  static std::string warning_field(std::string_view limit) { return "warn:" + std::string(limit); }
  static std::string told_field(std::string_view limit) { return "told:" + std::string(limit); }

  // Whether this is about a single message. With the sender only earlier versions kept that.
  static bool is_of_message(std::string_view field) noexcept;

  std::uint64_t more_messages = 0;  // that have tripped, and are not among `trips`

  // Takes in one field of the hash. Of what ended before `now` only the name is kept.
  void add(std::string_view field, std::string_view record, RedisTime now);

  // Trips that were only noted in monitor mode stop nobody who enforces.
  void overrule_monitored();

  // Whether somebody has told of what lasts until then. A trip may be written in vain: by a relay
  // that is never told so, or that dies before it can tell anybody.
  bool is_told(std::string_view limit, RedisTime until, bool monitored) const;

  // Whether this field is there, but not in force.
  bool is_in_the_way(const std::string& field) const;

  // When the last of all this ends; 0 where there is nothing.
  RedisTime until() const noexcept;
};

}  // namespace optout

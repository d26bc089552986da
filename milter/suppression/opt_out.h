// An opt-out, and the evidence kept for it: the answer to "says who?", years later.

#pragma once

#include "suppression/set_name.h"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace optout {

using Instant = std::chrono::sys_seconds;

// How an opt-out reached us. `external` is never written: it is how members without evidence are
// shown.
enum class Source { one_click, reply, page, complaint, bounce, import, admin, external };
std::string_view to_string(Source source) noexcept;
std::optional<Source> parse_source(std::string_view word) noexcept;

struct Evidence {
  Instant since{};
  Source source = Source::external;
  std::string reason;              // free text
  std::string message_id;          // of the request, where there was a message
  std::string from;                // who wrote it, where there was a message
  std::string list;                // List-Id it was about, where known
  std::string by;                  // who recorded it
  std::optional<Instant> expires;  // bounces only; opt-outs never expire
  unsigned token_key = 0;          // number of the key that minted the token; 0: there was none

  bool expired_at(Instant now) const noexcept { return expires && *expires <= now; }

  friend bool operator==(const Evidence&, const Evidence&) = default;
};

struct OptOut {
  std::string member;  // a lookup key, "@domain", or a digest
  SetName set;
  Evidence evidence;
  // The day on which the token was minted by which somebody asked for this. Nothing: as of now.
  std::optional<std::chrono::sys_days> asked{};
  // Other spellings of the same person, under which she may have been withdrawn.
  std::vector<std::string> also{};

  friend bool operator==(const OptOut&, const OptOut&) = default;
};

// That an opt-out was withdrawn: a consent, which outranks what was asked for before it (AT-05).
struct Withdrawal {
  Instant since{};
  std::string by;      // who recorded it
  std::string reason;  // free text
  // Of the newest request that it has outranked. One as old as that is no news when it is played
  // back: a token can be sent any number of times, and events are few enough to be read.
  std::optional<std::chrono::sys_days> ignored{};

  // Days are all a token knows of its age. Of the same day, the opt-out counts: never lose one.
  bool outranks(const OptOut& opt_out) const noexcept {
    return opt_out.asked && std::chrono::floor<std::chrono::days>(since) > *opt_out.asked;
  }

  friend bool operator==(const Withdrawal&, const Withdrawal&) = default;
};

// UTC, to the second: "2026-03-02T10:00:00Z". parse_instant also takes a plain date, "2026-03-02".
std::string to_string(Instant instant);
std::optional<Instant> parse_instant(std::string_view text) noexcept;

}  // namespace optout

// What the Redis of the configuration says of itself to the user that the daemon is, and what that
// user may do there. Nothing is changed: commands that would are queued in a transaction, which is
// when Redis checks rights, role and memory, and then discarded with it.
//
// Threads: one.

#pragma once

#include "config/config.h"
#include "redis/reply.h"
#include "util/result.h"

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace optout::doctor {

struct RedisFacts {
  std::optional<Error> unreachable;  // then nothing else is known
  std::chrono::milliseconds took{};  // of the first round trip, connecting included

  std::map<std::string, std::string> info;  // of INFO; empty where this user may not ask
  // CONFIG GET; nothing where it may not ask.
  std::optional<std::string> save;
  std::optional<std::string> appendfsync;

  std::optional<Error> marker;               // what is wrong with the marker of the schema
  std::optional<Error> writing_digests;      // why no digest may be written yet
  std::string fingerprints;                  // of the digest keys of this configuration
  std::optional<std::string> address_rules;  // that Redis was initialised with

  std::vector<std::string> refused_reads;  // "SMISMEMBER optout:set:global: NOPERM …"
  bool knows_writes = false;               // whether Redis could be asked for the next
  std::vector<std::string>
      refused_writes;  // what Redis said to commands that would change something

  // A value of INFO, or "".
  std::string_view of(const std::string& name) const;
};

// "name:value" lines.
std::map<std::string, std::string> parse_info(std::string_view text);

RedisFacts ask_redis(const Config& config);

}  // namespace optout::doctor

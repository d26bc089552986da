// How what tokens refer to is written in Redis (redis_registry.h), for administrators to read.
//
//   lists       news.example.com  ->  ref=1a2b3c4d first_seen=2026-03-02T10:00:00Z name=News
//   references  set:1a2b3c4d      ->  list:news.example.com, or "acme list:news.example.com"
//               address:0011…eeff ->  a member
//
// Pure functions; any thread.

#pragma once

#include "suppression/registry.h"

#include <optional>
#include <string>
#include <string_view>

namespace optout {

std::string reference_of_set(std::uint32_t reference);     // "set:1a2b3c4d"
std::string reference_of_member(std::uint64_t reference);  // "address:00112233ccddeeff"

// The record of a list, without its id and its tenant, which say where it stands.
std::string encode_list(const KnownList& list);

// Nothing where the text is no such record.
std::optional<KnownList> decode_list(std::string_view id, std::string_view tenant,
                                     std::string_view record);

std::string encode_set(const SetName& set);

// Nothing where the text is no set that a token may stand for: one of a list or a stream.
std::optional<SetName> decode_set(std::string_view text);

}  // namespace optout

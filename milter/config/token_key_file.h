// The file of token keys: "number:64 hex digits", "made=" and "retired=" a day, one a line
// (key_lines.h).
//
//     1:9a41…  made=2026-03-02 retired=2027-01-15
//     2:07c3…  made=2026-11-22
//
// Whoever can read it can opt anybody out of anything. The highest number that is not retired
// mints; the others verify, for mail that went out while they minted (OC-22). `optoutctl keys`
// writes it.

#pragma once

#include "config/complaint.h"
#include "unsubscribe/token_keys.h"

#include <string>
#include <string_view>

namespace optout {

// The keys in the file at `path`. Complained of are lines and files that read_key_lines() complains
// of, keys in use that somebody might guess, two that are the same, days to come on which one is to
// be retired, and a file without a key to mint with.
TokenKeys read_token_key_file(const std::string& path, Place named_at, std::string_view setting,
                              Report& report);

// Why nobody should rely on this secret; empty where nothing is seen to be wrong with it. Never
// finds fault with 32 octets of good randomness, but for once in 2^40.
std::string_view weakness_of(std::string_view secret);

// The line that holds this key, without its end.
std::string token_key_line(unsigned number, const TokenKey& key);

}  // namespace optout

// Which tallies a sender has: one for each limit that counts, by name.
//
//   guard:count:auth:crm:recipients/1h        who was mailed
//   guard:count:auth:crm:same_message/1h/…    who was mailed the same
//   guard:count:auth:crm:opted_out/1h         who was to be mailed, and who of them had opted out
//   guard:count:auth:crm:allowed/…            who was mailed since an administrator allowed it
//
// Pure functions; any thread.

#pragma once

#include "guard/guard_schema.h"
#include "guard/limit.h"
#include "guard/sender_state.h"
#include "guard/share.h"
#include "guard/tally.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace optout {

// The hash of what makes messages the same to same_message; nothing where there is no telling.
using Fingerprint = std::optional<std::uint64_t>;

// What the keys and the names of a message's own trips and tallies end with.
std::string print_text(std::uint64_t print);

// What trips of this limit, and tallies, are named by: as the limit; of same_message each message
// has its own, as other mail of the sender is none of its business.
std::string name_for(const Limit& limit, Fingerprint print);

// Of a limit with a window, but for opted_out. Fewer than `warn_at` percent of it are of no
// interest. Where each message has its own, this is what they have in common.
Tally tally_for(const GuardSchema& schema, std::string_view sender, const Limit& limit,
                unsigned warn_at);
Tally of_message(const Tally& in_common, std::uint64_t print);
// Of opted_out.
Share share_for(const GuardSchema& schema, std::string_view sender, const Limit& limit,
                unsigned warn_at);

Tally allowed_tally(const GuardSchema& schema, std::string_view sender, const Allowance& allowance);

// What takes the place of all limits while an allowance lasts. It acts as the strictest of them,
// and never allows less.
Limit limit_of(const Allowance& allowance, const Limits& lifted);

// All keys of a sender's tallies, but for those of single messages.
std::vector<std::string> tally_keys(const GuardSchema& schema, std::string_view sender,
                                    const Limits& limits);

}  // namespace optout

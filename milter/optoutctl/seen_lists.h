// The lists whose mail has passed, as the registry in Redis has them, and their sets.
//
// Names of lists come from mail, and there may be 10,000 of each tenant, most of which nobody has
// left.

#pragma once

#include "optoutctl/context.h"
#include "suppression/registry.h"
#include "util/result.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace optout {

// Those of `tenant`; or, where that is empty, the common ones and those of every tenant that a
// stream has.
Result<std::vector<KnownList>> seen_lists(Context& context, const std::string& tenant);

// How many have opted out of each, in the same order; nothing where this Redis user may not ask, or
// no set stands there.
Result<std::vector<std::optional<std::int64_t>>> count_opted_out(
    Context& context, const std::vector<KnownList>& lists);

// The sets of seen_lists() that somebody is in, or that cannot be counted.
Result<std::vector<SetName>> seen_list_sets(Context& context, const std::string& tenant);

}  // namespace optout

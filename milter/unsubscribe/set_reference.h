// A suppression set in 32 bits, as tokens carry it.
//
// Not reversible: what a reference stands for is looked up among the streams and the lists we have
// seen (suppression/registry.h). The tenant is part of it, so that no token of one tenant's mail
// reaches into another's sets (AT-27).

#pragma once

#include "suppression/set_name.h"

#include <cstdint>
#include <optional>
#include <string>

namespace optout {

// The first 32 bits of the SHA-256 of tenant, NUL and name of the set.
std::uint32_t set_reference(const SetName& set);

// What stands in a token that opts out of this set. Nothing: of the global set of no tenant, to
// which no reference is needed.
std::optional<std::uint32_t> scope_of_token(const SetName& set);

// "1a2b3c4d": how a reference is written.
std::string set_reference_text(std::uint32_t reference);

}  // namespace optout

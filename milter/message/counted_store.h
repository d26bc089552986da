// A SuppressionStore that counts what another one answers, and how long it takes.
//
// Threads: as the other one.

#pragma once

#include "metrics/meters.h"
#include "suppression/store.h"

#include <memory>

namespace optout {

// Only lookups are counted. Borrows `meters`, which must outlive the store.
std::unique_ptr<SuppressionStore> counted_store(std::unique_ptr<SuppressionStore> store,
                                                Meters& meters);

}  // namespace optout

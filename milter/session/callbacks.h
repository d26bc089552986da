// libmilter's callbacks: unpack C strings, find the session, turn its Reply into libmilter's.
//
// Nothing is decided here, and nothing is thrown through here.

#pragma once

#include "session/activity.h"
#include "session/negotiation.h"
#include "session/snapshot.h"

namespace optout {

// Registers our callbacks with libmilter. The first two are borrowed until the process ends, for
// libmilter has one set of callbacks per process. Throws std::runtime_error where libmilter
// refuses.
void register_callbacks(const CurrentSnapshot& snapshot, Activity& activity,
                        const Negotiation& negotiation);

}  // namespace optout

// libmilter's callbacks: unpack C strings, find the session, turn its Reply into libmilter's.
//
// Nothing is decided here, and nothing is thrown through here.

#pragma once

#include "message/activity.h"
#include "message/snapshot.h"
#include "session/content_watch.h"
#include "session/negotiation.h"

namespace optout {

// Registers our callbacks with libmilter. The first two are borrowed until the process ends, for
// libmilter has one set of callbacks per process. Throws std::runtime_error where libmilter
// refuses.
void register_callbacks(const CurrentSnapshot& snapshot, Activity& activity,
                        ContentWatch& content_watch, const Negotiation& negotiation);

}  // namespace optout

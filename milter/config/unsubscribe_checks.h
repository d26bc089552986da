// How the streams of a configuration go together with its unsubscribe tokens.

#pragma once

#include "config/complaint.h"
#include "config/stream_checks.h"
#include "unsubscribe/options.h"

namespace optout {

// A stream that mints tokens must honour the sets they write, or whoever unsubscribes gets the next
// mail all the same (design section 6).
void check_unsubscribing(const WrittenStream& written, const UnsubscribeOptions& options,
                         Report& report);

}  // namespace optout

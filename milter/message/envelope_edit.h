// Taking a recipient off the envelope, so that no MTA delivers to her after all.

#pragma once

#include "message/mta.h"

#include <string>

namespace optout {

// `as_given` is what RCPT gave, to the octet. Only at end of message. False where the MTA cannot.
bool take_off_envelope(const std::string& as_given, Mta& mta);

}  // namespace optout

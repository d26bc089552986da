// Whom limits of their own are for (guard.senders[].who): a pattern of what guard/identity.h calls
// senders. What can never match, as senders are called otherwise there, is complained of.

#pragma once

#include "config/types.h"

#include <string>

namespace optout {

Type<std::string> sender_identity_type();

}  // namespace optout

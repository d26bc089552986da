// What we write about a message into the message: the value of X-Optout and X-Optout-Hold.
//
// Read by filters, and perhaps by recipients: so it says what kind of set, and how many recipients,
// but neither names nor lists nor dates (SC-18); only the bulk guard names whom it has stopped. One
// line of printable ASCII, and no login can put anything into it that we did not write.

#pragma once

#include "policy/stream.h"
#include "policy/verdict.h"

#include <string>

namespace optout {

// "optout, bounce; recipients=2/3; stream=newsletters"
std::string annotation(const MessageVerdict& verdict, const Stream& stream);

}  // namespace optout

// When mail of each stream is decided, and why not earlier: in words, for administrators.
//
// Pure; what it says of the streams as they are configured holds for ordinary mail by SMTP. Mail
// from sendmail(1) and mail without a sender is decided at end of message whatever the stream.

#pragma once

#include "policy/stream.h"

#include <span>
#include <string>
#include <vector>

namespace optout {

struct WhenDecided {
  std::string stream;
  std::string chosen;  // "at MAIL", "at the end of the header, by list-id", …
  std::string
      decided;  // "at RCPT for global, bounce; else at end of message (list needs a List-Id)"
};

// In the order of the streams, of which the last takes all mail.
std::vector<WhenDecided> when_decided(std::span<const Stream> streams);

}  // namespace optout

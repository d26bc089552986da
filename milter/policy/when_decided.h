// When mail of each stream is decided, and why not earlier: in words, for administrators.
//
// Pure. It is said of mail by SMTP that has a sender; all other mail is decided at end of message.

#pragma once

#include "policy/stream.h"

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace optout {

struct WhenDecided {
  std::string stream;
  std::string chosen;   // "at MAIL", "at the end of the header, by list-id", …
  std::string decided;  // "at RCPT for global, bounce; at end of message for list", …
  // Why the content is seen even where nobody has opted out: "its list_unsubscribe is add". Empty
  // where only `decided` can be a reason.
  std::string seen;
};

// The words of the configuration: "reject", "accept-and-tag"; "keep", "add".
std::string_view to_string(OnOptedOut on_opted_out) noexcept;
std::string_view to_string(ListUnsubscribe list_unsubscribe) noexcept;

// In the order of the streams, of which the last takes all mail. Of more than kMostDescribed
// nothing is said: each is compared with all others.
inline constexpr std::size_t kMostDescribed = 500;
std::vector<WhenDecided> when_decided(std::span<const Stream> streams);

}  // namespace optout

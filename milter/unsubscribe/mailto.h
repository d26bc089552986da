// mailto: URIs (RFC 6068), as far as unsubscribing needs them: one address, and a subject.
//
// Pure functions; any thread.

#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace optout {

struct Mailto {
  std::string address;
  std::string subject;  // empty for none

  friend bool operator==(const Mailto&, const Mailto&) = default;
};

// Nothing where `uri` is no mailto:, has not exactly one address, is encoded wrongly, or holds a
// control character where a header field would come of it (ML-05). Fields but "to" and "subject"
// are passed over.
std::optional<Mailto> parse_mailto(std::string_view uri);

// The domain as A-label (ML-06). Nothing where `address` is no mailbox, or where one of the two is
// no UTF-8 or holds a control character.
std::optional<std::string> mailto_uri(std::string_view address, std::string_view subject);

}  // namespace optout

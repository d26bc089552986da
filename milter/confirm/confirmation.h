// The one mail we ever write: it tells somebody that she has unsubscribed.
//
// Nothing of the request is quoted, neither subject nor text nor names, so that nobody can make us
// say anything (AR-09, AT-07): only what was unsubscribed from, and the request's Message-ID where
// that is one.
//
// Pure functions; any thread.

#pragma once

#include "suppression/set_name.h"

#include <chrono>
#include <string>
#include <string_view>

namespace optout {

struct Confirmation {
  std::string address;       // whose opt-out it is; one that can_be_written_to()
  SetName set;               // from what
  std::string request_id{};  // the Message-ID of the request, as it came: maybe none, maybe rubbish

  friend bool operator==(const Confirmation&, const Confirmation&) = default;
};

// Whether this is an address in its canonical spelling: no digest, no whole domain, nothing that
// was only kept because it could not be read.
bool can_be_written_to(std::string_view address);

// The message as RFC 3834 wants it: header and text, lines ended by CRLF, in ASCII but for an
// address that is not. It comes from the postmaster of `domain`, whom there always is (RFC 5321
// 4.5.1) and where a person reads the answers. `unique` makes its Message-ID: letters and digits.
std::string to_message(const Confirmation& confirmation, std::string_view domain,
                       std::chrono::sys_seconds now, std::string_view unique);

}  // namespace optout

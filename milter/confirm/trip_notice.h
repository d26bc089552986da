// The mail that tells an administrator that the bulk guard has stopped a sender.
//
// Pure functions; any thread.

#pragma once

#include "guard/guard_check.h"

#include <chrono>
#include <string>
#include <string_view>

namespace optout {

struct TripNotice {
  std::string sender;  // "auth:crm"
  TripNote note;
  std::string relay;    // who says so
  std::string address;  // of the administrator
};

// Header and text, lines ended by CRLF. It comes from the postmaster of the administrator's domain,
// and whoever would answer by machine is told not to (RFC 3834). Nothing of the mail itself is
// quoted.
std::string to_message(const TripNotice& notice, std::chrono::sys_seconds now,
                       std::string_view unique);

// What follows the '@'.
std::string_view domain_of_notice(const TripNotice& notice) noexcept;

}  // namespace optout

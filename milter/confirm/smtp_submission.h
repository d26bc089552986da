// Hands one message for one person to an SMTP server (RFC 5321): the little of a client that
// confirmations need.
//
// It is our own because they must have NOTIFY=NEVER (RFC 3461), so that nobody is told when one
// cannot be delivered, and the libraries at hand cannot say that in Debian 12 (libcurl). The server
// is on this host, so there is neither TLS nor a login; and nothing is ever tried again, as a lost
// confirmation is better than two.
//
// Threads: any.

#pragma once

#include "redis/deadline.h"
#include "util/result.h"
#include "util/socket_address.h"

#include <string>

namespace optout {

struct Submission {
  std::string helo;       // who we say we are: a domain
  std::string recipient;  // without angle brackets
  std::string message;    // lines ended by CRLF
};

// With the null sender. Done once the server has taken the message; however long it is silent, not
// later than at `deadline`. An Error names the step: "smtp 127.0.0.1:25: RCPT: 550 5.1.1 …";
// Fault::refused where the server said no, or offers no SMTPUTF8 where the address is not ASCII.
Result<Done> submit(const SocketAddress& server, const Submission& submission,
                    redis::Clock::time_point deadline);

}  // namespace optout

// One line of a log of Postfix, taken apart:
//
//   Nov 22 09:50:00 mx1 postfix/smtpd[1234]: 4XyZ1k2l3m: client=web[192.0.2.7], sasl_username=crm
//
// Pure functions; any thread.

#pragma once

#include "traffic/mail_time.h"

#include <optional>
#include <string_view>

namespace optout {

// Views of the line.
struct PostfixLine {
  MailTime at{};
  std::string_view host{};
  std::string_view service{};   // smtpd, qmgr, ...; without what stands before the last slash
  std::string_view queue_id{};  // empty where the line is of no message in the queue
  std::string_view text{};      // what is said of that message, or in general
};

// Nothing where it does not begin with a time and go on with a host. Of lines of other programs,
// `service` is empty.
std::optional<PostfixLine> parse_postfix_line(std::string_view line, SyslogTime& syslog_time);

// The value of `name` in "from=<ann@example.com>, size=1024", without its angle brackets. Nothing
// where there is none.
std::optional<std::string_view> attribute(std::string_view text, std::string_view name) noexcept;

}  // namespace optout

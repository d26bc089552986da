// Sendmail as it is configured: its milters, and who asks them, from sendmail.cf.
//
// Pure.

#pragma once

#include "config/config.h"
#include "doctor/finding.h"
#include "doctor/milter_name.h"

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace optout::doctor {

// A line Xoptout, S=unix:/run/optout-milter/milter.sock, F=T, T=C:10s;S:10s;R:10s;E:60s
struct SendmailFilter {
  std::string name;
  MilterName socket;
  std::string flags;     // of F=
  std::string timeouts;  // of T=
};

// A line O DaemonPortOptions=…
struct SendmailListener {
  std::string name;
  std::vector<std::string> filters;  // in the order in which they are asked
};

struct Sendmail {
  std::vector<SendmailFilter> filters;
  std::vector<std::string> for_all;  // O InputMailFilters
  std::vector<SendmailListener> listeners;

  const SendmailFilter* named(std::string_view name) const;
  const SendmailFilter* ours(const SocketAddress& address) const;
};

Sendmail parse_sendmail(std::string_view sendmail_cf);

Findings check_sendmail(const Sendmail& sendmail, const Config& config);

}  // namespace optout::doctor

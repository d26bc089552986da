// A Postfix for tests, as postconf(1) would tell of it.

#pragma once

#include "config/config.h"
#include "doctor/postfix.h"

#include <string>

namespace optout::test {

inline constexpr const char* kMasterCf =
    "smtp       inet  n - y - - smtpd\n"
    "submission inet  n - y - - smtpd\n"
    "cleanup    unix  n - y - 0 cleanup\n";

// As Postfix comes, but for `main_cf` and `overrides` ("submission/inet/smtpd_milters = …").
inline doctor::Postfix postfix_of(const std::string& main_cf, const std::string& overrides = {},
                                  const std::string& master_cf = kMasterCf) {
  const std::string built_in =
      "compatibility_level = 3.6\n"
      "queue_directory = /var/spool/postfix\n"
      "default_process_limit = 100\n"
      "milter_default_action = tempfail\n"
      "milter_protocol = 6\n"
      "milter_connect_timeout = 30s\n"
      "milter_command_timeout = 30s\n"
      "milter_content_timeout = 300s\n"
      "smtpd_hard_error_limit = 20\n"
      "allow_percent_hack = yes\n"
      "mydestination = mx.example.com\n"
      "recipient_delimiter =\n";
  return doctor::parse_postfix(built_in + main_cf, master_cf, overrides);
}

// As the README says: the socket below Postfix' queue directory.
inline Config config_of_debian() {
  Config config;
  config.listen.address.path = "/var/spool/postfix/optout-milter/milter.sock";
  return config;
}

inline constexpr const char* kAsked =
    "smtpd_milters = unix:optout-milter/milter.sock\n"
    "non_smtpd_milters = unix:optout-milter/milter.sock\n";

}  // namespace optout::test

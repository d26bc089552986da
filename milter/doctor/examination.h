// The whole examination: looks at everything that is there and tells each finding as it comes, so
// that a slow answer does not keep the others back.
//
// Changes nothing. Every question has a time within which it is answered, or cannot be told.
//
// Threads: one.

#pragma once

#include "doctor/finding.h"

#include <functional>
#include <string>
#include <string_view>

namespace optout {
struct RedisOptions;
}

namespace optout::doctor {

struct Patient {
  std::string config_file;
  std::string postfix_directory;  // empty: where Postfix reads its own, if there is one
  std::string sendmail_cf;        // empty: /etc/mail/sendmail.cf, if there is one
  std::string opendkim_conf;      // empty: /etc/opendkim.conf, if there is one

  // How commands are typed that fix something.
  std::function<std::string(const RedisOptions&, std::string_view command)> redis_cli;
  std::function<std::string(std::string_view verb)> optoutctl;
};

void examine(const Patient& patient, const std::function<void(const Finding&)>& tell);

}  // namespace optout::doctor

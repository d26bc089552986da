// The mail by which people leave a newsletter, as their mail programs write it.
//
// Seen in the wild, or told by their makers: Gmail does as the URI says; Apple Mail calls itself an
// automatic reply (AR-03); Outlook drops the subject and writes HTML; a person does anything.

#pragma once

#include "mta/newsletter.h"

#include <array>
#include <string>
#include <string_view>

namespace optout::test {

struct UnsubscribeMail {
  std::string sender;     // "<ann@example.com>"
  std::string recipient;  // the same
  std::string message;
};

struct MailProgram {
  std::string_view name;  // also the local part of who uses it
  // `user` is an address, "ann@example.com".
  UnsubscribeMail (*unsubscribe)(const WayOut& way, const std::string& user);
};

extern const std::array<MailProgram, 4> kMailPrograms;

}  // namespace optout::test

// Points in time as tables and logs write them.
//
// Pure functions; any thread.

#pragma once

#include "traffic/delivery.h"

#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace optout {

// "2026-11-22T09:50:00.123+01:00" (RFC 3339; a space will do for the T, and without a zone it is
// UTC), or seconds since 1970, with a fraction or without.
std::optional<MailTime> parse_mail_time(std::string_view text) noexcept;

// The year is missing from "Nov 22 09:50:00", and so is the zone: that of this host is meant.
class SyslogTime {
public:
  // Without a year it is that of `now`, or the one before where that would lie in the future.
  // With one, it is the year of the first line; after a December follows a January of the next.
  SyslogTime(MailTime now, std::optional<int> year) : now_(now), year_(year) {}

  // `text` is those 15 octets.
  std::optional<MailTime> parse(std::string_view text);

  struct Hour {
    int year;
    unsigned month;
    int day;
    std::chrono::hours hour;

    friend bool operator==(const Hour&, const Hour&) = default;
  };

private:
  MailTime now_;
  std::optional<int> year_;
  unsigned last_month_ = 0;
  std::optional<std::pair<Hour, MailTime>> last_hour_;  // and when it began
};

// "2026-11-22T09:50:00Z"
std::string to_string(MailTime time);

}  // namespace optout

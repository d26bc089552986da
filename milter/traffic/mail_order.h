// Puts mail in the order of time, and lines of one message together, where a file has them nearly
// so: deliveries are logged when they are tried, exports are sorted by something else.
//
// What is more than kSlack behind the newest line is too late. Holds the mail of so much time.

#pragma once

#include "guard/tally.h"
#include "traffic/delivery.h"

#include <cstdint>
#include <map>
#include <optional>
#include <unordered_map>
#include <vector>

namespace optout {

struct PastMail {
  MailTime at{};
  Origin origin{};
  std::optional<std::uint64_t> print{};
  bool has_list_unsubscribe = false;
  std::vector<Person> people{};     // who would be mailed
  std::vector<Person> opted_out{};  // who would be, but for that
};

class MailOrder {
public:
  static constexpr std::chrono::hours kSlack{1};

  // False where it is too late.
  bool add(const Delivery& delivery);

  // The oldest mail that nothing can be added to any more; with `all`, the oldest there is. Each
  // person is named once.
  std::optional<PastMail> next(bool all);

private:
  using Name = std::uint64_t;  // the hash of what lines of one message have in common
  struct Pending {
    PastMail mail;
    std::optional<Name> name;
  };
  using ByTime = std::multimap<MailTime, Pending>;

  ByTime pending_;
  std::unordered_map<Name, ByTime::iterator> by_name_;
  MailTime newest_{};
};

}  // namespace optout

// One recipient of a message in progress.

#pragma once

#include "address/lookup_key.h"
#include "guard/tally.h"
#include "policy/verdict.h"
#include "util/hash64.h"

#include <optional>
#include <string>
#include <string_view>

namespace optout {

struct Recipient {
  std::string as_given;  // libmilter's argv[0]: what deleting it needs, to the octet
  LookupKey key;
  Spellings spellings{};  // empty where nobody is to be asked
  Exemption exemption = Exemption::none;
  // Where the mail will go: what the MTA made of the address, where it says so ({rcpt_addr}).
  LookupKey destination{};
  // What was found before the stream was known, in the sets asked then; nothing if not asked, or in
  // vain.
  std::optional<Answer> known{};
  bool bad_token = false;  // an unsubscribe address, but none of ours
  // Monitor mode: would have been refused at RCPT, and is in the message only because nothing is
  // changed.
  bool would_be_gone = false;

  // Whose mailbox it is, as a lookup key: what the MTA made of the address, if we know.
  std::string_view mailbox() const noexcept {
    return destination.status == KeyStatus::ok ? destination.key : key.key;
  }
  // As the bulk guard counts her.
  Person person() const noexcept { return hash64(key.key); }
  bool is_invalid() const noexcept {
    return key.status == KeyStatus::invalid || key.status == KeyStatus::null_sender;
  }
};

}  // namespace optout

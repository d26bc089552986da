// One recipient of a message in progress.

#pragma once

#include "address/lookup_key.h"
#include "policy/verdict.h"

#include <optional>
#include <string>

namespace optout {

struct Recipient {
  std::string as_given;  // libmilter's argv[0]: what deleting it needs, to the octet
  LookupKey key;
  Spellings spellings{};  // empty where nobody is to be asked
  Exemption exemption = Exemption::none;
  // What was found at RCPT, in all sets that any candidate honours; nothing if not asked there, or
  // in vain.
  std::optional<Answer> known{};
  // Monitor mode: would have been refused at RCPT, and is in the message only because nothing is
  // changed.
  bool would_be_gone = false;
};

}  // namespace optout

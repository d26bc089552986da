// Why a message is not for a stream: the first condition that does not hold, for people who wonder.
//
// The rules are those of stream_selector.h, which compares all streams at once and so cannot tell.
//
// Pure functions; any thread.

#pragma once

#include "policy/conditions.h"
#include "policy/envelope.h"

#include <optional>
#include <span>
#include <string>
#include <vector>

namespace optout {

struct HeaderField {
  std::string name;
  std::string value;      // as libmilter gives it
  bool too_long = false;  // to be compared, as Selection::header() says

  friend bool operator==(const HeaderField&, const HeaderField&) = default;
};

struct Unmet {
  enum class Why {
    absent,      // the message, or the MTA, says nothing of the kind
    differs,     // says something else
    too_long,    // so that it is not compared
    several,     // of From and List-Id: more than one, so that none counts
    unreadable,  // of From and List-Id: it holds no address, or no identifier
  };

  std::string condition;  // "auth", or the name of a header field: "List-Id"
  Why why;
  std::vector<std::string> found;   // as it was compared
  std::vector<std::string> wanted;  // any of these

  friend bool operator==(const Unmet&, const Unmet&) = default;
};

// Of the conditions on the envelope: what is known at MAIL.
std::optional<Unmet> why_not(const Conditions& when, const Envelope& envelope);

// Of all conditions, at the end of the header.
std::optional<Unmet> why_not(const Conditions& when, const Envelope& envelope,
                             std::span<const HeaderField> header);

// "auth is crm, wanted shop or till-*". What was found in the message stands there as it is.
std::string to_string(const Unmet& unmet);

// "From matches *@shop.example and List-Id matches a.example or b.example": the conditions that
// only the header can meet. Empty where there are none.
std::string header_conditions(const Conditions& when);

}  // namespace optout

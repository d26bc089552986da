// A limit of the bulk guard that keeps a message back, as people are told of it.

#pragma once

#include <string>

namespace optout {

struct Overrun {
  std::string limit;   // "recipients/1h"
  std::string amount;  // "500 per 1h"
  std::string sender;  // "auth:crm"

  friend bool operator==(const Overrun&, const Overrun&) = default;
};

}  // namespace optout

// Keys as test cases compare them: one string for status and key, so that a failure shows both.

#pragma once

#include "address/lookup_key.h"

#include <string>
#include <string_view>

namespace optout {

inline std::string_view name_of(KeyStatus status) {
  switch (status) {
    case KeyStatus::ok:
      return "ok";
    case KeyStatus::raw:
      return "raw";
    case KeyStatus::null_sender:
      return "null_sender";
    case KeyStatus::postmaster:
      return "postmaster";
    case KeyStatus::invalid:
      return "invalid";
  }
  return "?";
}

// "ok ann@example.com", "raw ann", "invalid".
inline std::string spelled(std::string_view path) {
  const LookupKey found = lookup_key(path);
  std::string result(name_of(found.status));
  if (!found.key.empty()) (result += ' ') += found.key;
  return result;
}

}  // namespace optout

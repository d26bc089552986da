// A YAML value that still knows where it was written: the plain tree between yaml-cpp and the
// settings.

#pragma once

#include "config/complaint.h"

#include <string>
#include <string_view>
#include <vector>

namespace optout {

struct Value {
  enum class Kind {
    nothing,  // "redis:" with nothing behind it, or "~"
    scalar,
    list,
    map,
    broken,  // already complained of: say no more about it
  };

  Kind kind = Kind::nothing;
  Place place;       // of the value
  std::string text;  // of a scalar, always as text: what it means is for the setting to say
  std::vector<Value> children;  // of a list, or of a map in the order written
  std::string key;              // of a map's child
  Place key_place;

  const Value* find(std::string_view child_key) const noexcept;
};

// Lays `later` over `base`: maps merge, everything else replaces.
void merge(Value& base, Value later);

}  // namespace optout

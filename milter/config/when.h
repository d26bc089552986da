// The conditions of a stream.

#pragma once

#include "config/section.h"
#include "policy/conditions.h"

#include <map>
#include <string>
#include <vector>

namespace optout {

// Where the values of each condition stand. Conditions are named as by OrderFinding: "sender",
// "header.list-id".
using ConditionPlaces = std::map<std::string, std::vector<Place>>;

// Reads `when` of a stream.
ConditionPlaces read_when(Section& stream, Conditions& conditions);

}  // namespace optout

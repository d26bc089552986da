// How the streams of a configuration go together: warnings about their order and about the names
// they give each other.

#pragma once

#include "config/complaint.h"
#include "config/when.h"
#include "policy/stream.h"

#include <span>
#include <vector>

namespace optout {

// A stream, and where it was written.
struct WrittenStream {
  Stream stream;
  Place place;  // line 0: nowhere, it is the default stream as it is built in
  Place when;   // line 0: it has no conditions
  ConditionPlaces conditions;
  std::vector<Place> honours;
  // Line 0: the default holds.
  Place honours_list;
  Place list_unsubscribe;
  Place bad_token;
};

void check_streams(std::span<const WrittenStream> streams, Report& report);

}  // namespace optout

#include "policy/known_sets.h"

#include "policy/policy.h"

#include <algorithm>
#include <map>
#include <optional>

namespace optout {

KnownSets::KnownSets(std::span<const Stream> streams) : streams_(streams) {
  std::map<SetName, std::uint32_t> places;
  for (const Stream& stream : streams) {
    alone_.push_back({.sets = sets_at_end(stream, {}, std::nullopt)});
    auto& sets = of_stream_.emplace_back();
    for (const SetName& set : alone_.back().sets) {
      const auto [place, is_new] = places.emplace(set, static_cast<std::uint32_t>(names_.size()));
      if (is_new) names_.push_back(set);
      sets.push_back(place->second);
    }
  }
}

SetsToAsk KnownSets::of(Candidates candidates) const {
  std::vector<std::uint32_t> honoured_by(names_.size());
  std::vector<std::uint32_t> honoured;  // by any, in order
  for (const Stream* stream : candidates) {
    for (const std::uint32_t set : of_stream_[place_of(*stream)]) {
      if (honoured_by[set]++ == 0) honoured.push_back(set);
    }
  }
  SetsToAsk found;
  found.complete = honoured.size() <= kMostAtOnce;
  for (const std::uint32_t set : honoured) {
    if (found.complete || honoured_by[set] == candidates.size()) found.sets.push_back(names_[set]);
  }
  return found;
}

}  // namespace optout

// The suppression sets that can be asked before the header says which stream a message belongs to.
//
// Made once for a configuration, as the names of sets are made of words of its streams.
//
// Threads: any.

#pragma once

#include "policy/stream.h"
#include "policy/stream_selector.h"
#include "suppression/set_name.h"

#include <cstdint>
#include <span>
#include <vector>

namespace optout {

// Sets to ask, and whether they are all that any candidate honours, but for the message's list.
struct SetsToAsk {
  std::vector<SetName> sets;
  bool complete = true;
};

class KnownSets {
public:
  // So many sets are asked for several candidates at once. Where these honour more, as a thousand
  // tenants would, only those are asked that every one of them honours: enough to refuse at RCPT.
  static constexpr std::size_t kMostAtOnce = 16;

  // Borrows the streams.
  explicit KnownSets(std::span<const Stream> streams);

  // Of streams this was made for, in their order: what one of them honours, ready made, or several.
  const SetsToAsk& of(const Stream& stream) const noexcept { return alone_[place_of(stream)]; }
  SetsToAsk of(Candidates candidates) const;

private:
  std::size_t place_of(const Stream& stream) const noexcept {
    return static_cast<std::size_t>(&stream - streams_.data());
  }

  std::span<const Stream> streams_;
  std::vector<SetsToAsk> alone_;
  std::vector<SetName> names_;                         // each once
  std::vector<std::vector<std::uint32_t>> of_stream_;  // places in names_
};

}  // namespace optout

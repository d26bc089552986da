// Which stream a message belongs to: the first whose conditions all hold (design section 6).
//
// What the envelope says is known at MAIL, what the header says only at its end. In between,
// several streams can still win: the candidates. All conditions of all streams are held in indexes,
// so that the number of streams hardly matters.
//
// Threads: a StreamSelector may be used from any; a Selection belongs to one message.

#pragma once

#include "policy/envelope.h"
#include "policy/header_facts.h"
#include "policy/pattern_index.h"
#include "policy/stream.h"

#include <cstdint>
#include <map>
#include <span>
#include <string_view>
#include <vector>

namespace optout {

// Streams that can still win, in the order of the configuration; never empty.
using Candidates = std::span<const Stream* const>;

class StreamSelector {
public:
  // Borrows the streams, of which the last one must take all mail.
  explicit StreamSelector(std::span<const Stream> streams);
  StreamSelector(const StreamSelector&) = delete;
  StreamSelector& operator=(const StreamSelector&) = delete;

private:
  friend class Selection;

  void index(std::uint32_t stream, const Conditions& when);
  // Marks as met what `text` meets; `unmet` has one word of bits for each stream.
  void meet(const PatternIndex& index, std::string_view text,
            std::vector<std::uint32_t>& unmet) const;
  void meet_client(std::string_view client, std::vector<std::uint32_t>& unmet) const;

  std::span<const Stream> streams_;
  std::vector<const Stream*> only_;   // the one stream, where there is but one
  std::vector<std::uint32_t> asked_;  // for each stream, a bit for every condition it has
  PatternIndex sender_;
  PatternIndex from_;
  PatternIndex auth_;
  PatternIndex listener_;
  PatternIndex list_id_;
  TextMap<PatternIndex> header_;  // by field name
  std::map<IpNetwork, std::vector<ConditionOf>> client_;
  std::vector<unsigned> client_bits_;  // how long the prefixes are
};

class Selection {
public:
  // Borrows the selector, which must outlive the selection.
  Selection(const StreamSelector& selector, const Envelope& envelope);

  // So much of a field is compared with patterns, and so much of a message (AT-15).
  static constexpr std::size_t kLongestValue = 8192;
  static constexpr std::size_t kMostCompared = 65536;

  // `value` as libmilter gives it. False where a stream asks for such a field, and this one is too
  // long to be compared.
  bool header(std::string_view name, std::string_view value);

  // Now all is known: one candidate is left.
  void end_of_headers(const HeaderFacts& headers);

  Candidates candidates() const noexcept;
  bool decided() const noexcept { return candidates().size() == 1; }
  const Stream& winner() const noexcept { return *candidates().front(); }

private:
  const StreamSelector& selector_;
  std::vector<std::uint32_t> unmet_;       // for each stream; empty where there is but one
  std::vector<const Stream*> candidates_;  // likewise
  std::size_t octets_left_ = kMostCompared;
};

}  // namespace optout

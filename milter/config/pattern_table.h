// Patterns (util/glob.h) that are compared with each other many times over: nearly all pairs have
// nothing in common, and that is known by comparing four numbers.
//
// Fill it, sort it, ask it.

#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace optout {

class PatternTable {
public:
  using Id = std::uint32_t;

  // The same text has the same id.
  Id add(std::string_view text);

  // REQUIRES: nothing is added any more. Questions may be asked only after this.
  void sort();

  // Whether the texts alone say that nothing matches both. May say no, and is quick.
  bool are_apart(Id a, Id b) const;

  // As glob_covers and globs_overlap, of patterns that are not apart.
  bool covers(Id wide, Id narrow) const;
  bool overlap(Id a, Id b) const;

private:
  // The places, among texts in their order, of those that begin with a certain one: two such ranges
  // meet only where one text is the beginning of the other.
  struct Range {
    std::uint32_t begin = 0;
    std::uint32_t end = 0;
  };
  struct Pattern {
    std::string text;
    std::uint64_t octets = 0;  // that it names, as bits; several share one
    bool has_star = false;
  };
  struct Ends {
    Range head;  // of what stands before the first wildcard
    Range tail;  // of what stands behind the last one, read backwards
    bool is_glob = false;
  };

  void sort_ends(Range Ends::*end, std::vector<std::string> texts);

  std::map<std::string, Id, std::less<>> ids_;
  std::vector<Pattern> patterns_;
  std::vector<Ends> ends_;
};

}  // namespace optout

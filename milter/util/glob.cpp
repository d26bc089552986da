#include "util/glob.h"

#include <cstddef>
#include <vector>

namespace optout {
namespace {

// The classic walk with one place to come back to: what the last '*' took can only grow.
template <typename SameOctet>
bool walk(std::string_view pattern, std::string_view text, SameOctet same) noexcept {
  std::size_t p = 0;
  std::size_t t = 0;
  std::size_t star = std::string_view::npos;
  std::size_t taken = 0;  // where the text went on behind the star
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      taken = t;
    } else if (p < pattern.size() && same(pattern[p], text[t])) {
      ++p;
      ++t;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      t = ++taken;
    } else {
      return false;
    }
  }
  return pattern.find_first_not_of('*', p) == std::string_view::npos;
}

}  // namespace

bool glob_matches(std::string_view pattern, std::string_view text) noexcept {
  return walk(pattern, text, [](char p, char t) { return p == t || p == '?'; });
}

// A star of `narrow` may stand for anything, so only a star of `wide` can take it.
bool glob_covers(std::string_view wide, std::string_view narrow) noexcept {
  return walk(wide, narrow, [](char w, char n) { return n != '*' && (w == n || w == '?'); });
}

// reachable[j]: what is read of `a` so far, and the first j octets of `b`, match a common text.
bool globs_overlap(std::string_view a, std::string_view b) {
  std::vector<bool> reachable(b.size() + 1);
  reachable[0] = true;
  for (std::size_t j = 0; j < b.size() && b[j] == '*'; ++j)
    reachable[j + 1] = true;
  for (const char octet : a) {
    std::vector<bool> next(b.size() + 1);
    next[0] = octet == '*' && reachable[0];
    for (std::size_t j = 0; j < b.size(); ++j) {
      const bool star = octet == '*' || b[j] == '*';  // takes nothing, or what the other has there
      const bool same = octet == b[j] || octet == '?' || b[j] == '?';
      next[j + 1] = star ? reachable[j + 1] || next[j] : same && reachable[j];
    }
    reachable.swap(next);
  }
  return reachable[b.size()];
}

}  // namespace optout

#include "config/pattern_table.h"

#include "util/glob.h"

#include <algorithm>
#include <numeric>
#include <utility>

namespace optout {
namespace {

constexpr std::string_view kWildcards = "*?";

bool differ(char a, char b) {
  return a != b && a != '?' && b != '?';
}

// Whether what stands before the first stars of both can be the same, and what stands behind the
// last ones.
bool ends_agree(std::string_view a, std::string_view b) {
  for (std::size_t i = 0; i < a.size() && i < b.size() && a[i] != '*' && b[i] != '*'; ++i) {
    if (differ(a[i], b[i])) return false;
  }
  for (auto x = a.rbegin(), y = b.rbegin();
       x != a.rend() && y != b.rend() && *x != '*' && *y != '*'; ++x, ++y) {
    if (differ(*x, *y)) return false;
  }
  return true;
}

}  // namespace

PatternTable::Id PatternTable::add(std::string_view text) {
  if (const auto known = ids_.find(text); known != ids_.end()) return known->second;
  const auto id = static_cast<Id>(patterns_.size());
  ids_.emplace(text, id);
  Pattern pattern{
      .text = std::string(text), .octets = 0, .has_star = text.find('*') != std::string_view::npos};
  for (const char c : text) {
    if (kWildcards.find(c) != std::string_view::npos) continue;
    pattern.octets |= std::uint64_t{1} << (static_cast<unsigned char>(c) % 64);
  }
  patterns_.push_back(std::move(pattern));
  return id;
}

void PatternTable::sort() {
  ends_.assign(patterns_.size(), {});
  std::vector<std::string> heads;
  std::vector<std::string> tails;
  for (Id id = 0; id < patterns_.size(); ++id) {
    const std::string& text = patterns_[id].text;
    ends_[id].is_glob = is_glob(text);
    heads.push_back(text.substr(0, text.find_first_of(kWildcards)));
    const std::size_t last = text.find_last_of(kWildcards);
    tails.push_back(last == std::string::npos ? text : text.substr(last + 1));
    std::reverse(tails.back().begin(), tails.back().end());
  }
  sort_ends(&Ends::head, std::move(heads));
  sort_ends(&Ends::tail, std::move(tails));
}

void PatternTable::sort_ends(Range Ends::*end, std::vector<std::string> texts) {
  std::vector<Id> order(texts.size());
  std::iota(order.begin(), order.end(), Id{0});
  std::sort(order.begin(), order.end(), [&](Id a, Id b) { return texts[a] < texts[b]; });
  std::vector<Id> open;  // each begins with the one before it
  for (std::uint32_t place = 0; place < order.size(); ++place) {
    const Id id = order[place];
    while (!open.empty() && !texts[id].starts_with(texts[open.back()])) {
      (ends_[open.back()].*end).end = place;
      open.pop_back();
    }
    (ends_[id].*end).begin = place;
    open.push_back(id);
  }
  for (const Id id : open)
    (ends_[id].*end).end = static_cast<std::uint32_t>(order.size());
}

bool PatternTable::are_apart(Id a, Id b) const {
  const Ends& x = ends_[a];
  const Ends& y = ends_[b];
  if (!x.is_glob && !y.is_glob) return a != b;
  const auto meet = [](Range r, Range s) { return r.begin < s.end && s.begin < r.end; };
  return !meet(x.head, y.head) || !meet(x.tail, y.tail);
}

bool PatternTable::covers(Id wide, Id narrow) const {
  const Pattern& w = patterns_[wide];
  const Pattern& n = patterns_[narrow];
  return (w.octets & ~n.octets) == 0 && glob_covers(w.text, n.text);
}

bool PatternTable::overlap(Id a, Id b) const {
  const Pattern& x = patterns_[a];
  const Pattern& y = patterns_[b];
  if (!ends_agree(x.text, y.text)) return false;
  // With a star in each, what both match is the longer beginning, all that stands between the stars
  // of either, and the longer end.
  return (x.has_star && y.has_star) || globs_overlap(x.text, y.text);
}

}  // namespace optout

#include "policy/pattern_index.h"

#include "util/glob.h"

#include <algorithm>

namespace optout {

void PatternIndex::ByEnd::add(std::string_view end, Pattern pattern) {
  patterns[std::string(end)].push_back(std::move(pattern));
  if (std::find(lengths.begin(), lengths.end(), end.size()) == lengths.end())
    lengths.push_back(end.size());
}

void PatternIndex::add(std::string_view pattern, ConditionOf condition) {
  empty_ = false;
  if (!is_glob(pattern)) {
    whole_[std::string(pattern)].push_back(condition);
    return;
  }
  const std::string_view head = pattern.substr(0, pattern.find_first_of("*?"));
  const std::string_view tail = pattern.substr(pattern.find_last_of("*?") + 1);
  Pattern kept{.text = std::string(pattern), .condition = condition};
  if (head.empty() && tail.empty()) {
    others_.push_back(std::move(kept));
  } else if (tail.size() >= head.size()) {
    tails_.add(tail, std::move(kept));
  } else {
    heads_.add(head, std::move(kept));
  }
}

void PatternIndex::match(std::string_view text, std::vector<ConditionOf>& matched) const {
  if (const auto found = whole_.find(text); found != whole_.end())
    matched.insert(matched.end(), found->second.begin(), found->second.end());
  for (const std::size_t length : heads_.lengths) {
    if (length > text.size()) continue;
    const auto found = heads_.patterns.find(text.substr(0, length));
    if (found != heads_.patterns.end()) match_all(found->second, text, matched);
  }
  for (const std::size_t length : tails_.lengths) {
    if (length > text.size()) continue;
    const auto found = tails_.patterns.find(text.substr(text.size() - length));
    if (found != tails_.patterns.end()) match_all(found->second, text, matched);
  }
  match_all(others_, text, matched);
}

void PatternIndex::match_all(const std::vector<Pattern>& patterns, std::string_view text,
                             std::vector<ConditionOf>& matched) {
  for (const Pattern& pattern : patterns) {
    if (glob_matches(pattern.text, text)) matched.push_back(pattern.condition);
  }
}

}  // namespace optout

// Many patterns and one text: which of them match, without trying them all.
//
// A pattern is found by the longer of its fixed ends ("*@example.com" by its tail, "news-*" by its
// head), a whole text by itself; only patterns without a fixed end ("*sale*") are tried one by one.
// So a thousand streams cost a message about as much as ten.
//
// Threads: any, once everything is added.

#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace optout {

// One condition of one stream: what a match is worth.
struct ConditionOf {
  std::uint32_t stream;  // its place in the configuration
  std::uint32_t bit;     // of the stream's conditions
};

// So that a map of strings is searched with a view.
struct TextHash {
  using is_transparent = void;
  std::size_t operator()(std::string_view text) const noexcept {
    return std::hash<std::string_view>{}(text);
  }
};
template <typename Value>
using TextMap = std::unordered_map<std::string, Value, TextHash, std::equal_to<>>;

class PatternIndex {
public:
  void add(std::string_view pattern, ConditionOf condition);
  bool empty() const noexcept { return empty_; }

  // Appends the conditions of every pattern that matches `text`; some perhaps more than once.
  void match(std::string_view text, std::vector<ConditionOf>& matched) const;

private:
  struct Pattern {
    std::string text;
    ConditionOf condition;
  };
  // Patterns by a fixed end, and how long such ends are.
  struct ByEnd {
    TextMap<std::vector<Pattern>> patterns;
    std::vector<std::size_t> lengths;
    void add(std::string_view end, Pattern pattern);
  };
  static void match_all(const std::vector<Pattern>& patterns, std::string_view text,
                        std::vector<ConditionOf>& matched);

  bool empty_ = true;
  TextMap<std::vector<ConditionOf>> whole_;
  ByEnd heads_;
  ByEnd tails_;
  std::vector<Pattern> others_;
};

}  // namespace optout

// How one value is written: from text to a C++ value, and back for -T. Knows nothing of files or
// settings.

#pragma once

#include "util/suggest.h"

#include <chrono>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace optout {

// Why a text is no such value: the rest of a complaint.
struct Problem {
  std::string text;
};

template <typename T>
using Parsed = std::variant<T, Problem>;

template <typename T>
struct Type {
  std::function<Parsed<T>(std::string_view)> parse;
  std::function<std::string(const T&)> print;  // YAML that parses to the same value
};

// `text` as YAML: as it is where that is safe, else in double quotes.
std::string yaml_scalar(std::string_view text);

// Any text that passes `check`, which returns what is wrong with it, or nothing.
Type<std::string> text_type(std::function<std::string(std::string_view)> check);

// "/etc/…", or "" for none.
Type<std::string> path_type();

// "250ms", "2s", "5m", "1h"; both ends included.
Type<std::chrono::milliseconds> duration_type(std::chrono::milliseconds least,
                                              std::chrono::milliseconds most);

// Permission bits in octal, as chmod(1) takes them: "0660".
Type<unsigned> mode_type();

// The complaint about a word that is none of `words`. `later`: words of the design that this
// version lacks.
Problem not_one_of(std::string_view text, const std::vector<std::string_view>& words,
                   const std::vector<std::string_view>& later);

template <typename T>
Type<T> word_type(std::vector<std::pair<std::string_view, T>> words,
                  const std::vector<std::string_view>& later = {}) {
  const auto parse = [words, later](std::string_view text) -> Parsed<T> {
    std::vector<std::string_view> known;
    for (const auto& [word, value] : words) {
      if (word == text) return value;
      known.push_back(word);
    }
    return not_one_of(text, known, later);
  };
  const auto print = [words](const T& wanted) {
    for (const auto& [word, value] : words) {
      if (value == wanted) return std::string(word);
    }
    return std::string();
  };
  return {parse, print};
}

}  // namespace optout

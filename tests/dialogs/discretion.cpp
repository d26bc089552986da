#include "dialogs/discretion.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <set>
#include <stdexcept>
#include <string>

namespace optout::test {
namespace {

constexpr std::size_t kShortest = 3;  // shorter ones are part of anything

std::string lower(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return out;
}

// Letters and digits, as `word` needs them, with what stands behind each.
template <typename Take>
void each_word(std::string_view text, Take&& take) {
  const auto is_of_word = [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 ||
           static_cast<unsigned char>(c) >= 0x80;
  };
  for (std::size_t at = 0; at < text.size();) {
    std::size_t end = at;
    while (end < text.size() && is_of_word(text[end]))
      ++end;
    if (end > at) take(lower(text.substr(at, end - at)), end < text.size() ? text[end] : '\0');
    at = end + 1;
  }
}

std::set<std::string> people_of(const Dialog& dialog) {
  std::set<std::string> people;
  std::set<std::string> other;
  const auto note = [&](const std::string& word, char next) {
    (next == '@' ? people : other).insert(word);
  };
  for (const Step& step : dialog.steps) {
    if (step.verb == "LOG" || step.verb == "NOLOG") continue;
    each_word(step.rest, note);
    each_word(step.block, note);
  }
  std::erase_if(people, [&](const std::string& word) {
    return word.size() < kShortest || other.contains(word) || word == "postmaster" ||
           word == "test";  // is in the names of our sockets
  });
  return people;
}

}  // namespace

void must_name_nobody(const Dialog& dialog, std::string_view log) {
  const std::set<std::string> people = people_of(dialog);
  while (!log.empty()) {
    const std::string_view line = log.substr(0, log.find('\n'));
    log.remove_prefix(std::min(log.size(), line.size() + 1));
    const auto found = [&](std::string_view what) {
      throw std::runtime_error(fmt::format("{}: the log names {}: {}", dialog.path, what, line));
    };
    if (line.find('@') != std::string_view::npos) found("an address");
    each_word(line, [&](const std::string& word, char) {
      if (people.contains(word)) found(word);
    });
  }
}

}  // namespace optout::test

#include "dialogs/dialog.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <utility>

namespace optout::test {
namespace {

constexpr std::array<std::string_view, 33> kVerbs = {
    "ONLY",   "CONFIG",   "OPTOUT", "OPTIN", "LIST",  "REDIS",  "CLIENT",  "AUTH",    "LISTENER",
    "PICKUP", "MACRO",    "FROM",   "TO",    "DATA",  "HEADER", "BODY",    "END",     "ABORT",
    "QUIT",   "KEPT",     "GONE",   "HELD",  "ADDED", "FIELD",  "NOFIELD", "OFFERED", "UNCHANGED",
    "LISTED", "UNLISTED", "EVENT",  "LOG",   "NOLOG", "METRIC"};

bool is_verb(std::string_view word) {
  return std::find(kVerbs.begin(), kVerbs.end(), word) != kVerbs.end();
}

std::string_view trimmed(std::string_view text) {
  const std::size_t start = text.find_first_not_of(" \t");
  if (start == std::string_view::npos) return {};
  return text.substr(start, text.find_last_not_of(" \t") - start + 1);
}

// Takes "milter:" or "postfix sendmail:" off the line; false if the step is for other players.
bool is_for(PlayerKind player, std::string_view& line) {
  bool ours = false;
  for (std::string_view rest = line;;) {
    std::string word = take_word(rest);
    const bool last = word.ends_with(':');
    if (last) word.pop_back();
    const auto named = player_named(word);
    if (!named) return true;  // the step begins here
    ours = ours || *named == player;
    if (!last) continue;
    line = rest;
    return ours;
  }
}

bool is_code(std::string_view word) {
  return word.size() == 3 &&
         std::all_of(word.begin(), word.end(), [](char c) { return c >= '0' && c <= '9'; });
}

void read_only(Dialog& dialog, const Step& step, PlayerKind player) {
  std::string_view rest = step.rest;
  std::string word = take_word(rest);
  bool named = false;
  dialog.skipped = true;
  for (; const auto kind = player_named(word); word = take_word(rest)) {
    named = true;
    if (*kind == player) dialog.skipped = false;
  }
  if (!named || word != "because" || rest.empty()) {
    throw DialogError(dialog.path, step, "say which players and why: ONLY milter because …");
  }
  dialog.reason = rest;
}

}  // namespace

std::optional<PlayerKind> player_named(std::string_view name) {
  if (name == "milter") return PlayerKind::milter;
  if (name == "postfix") return PlayerKind::postfix;
  if (name == "sendmail") return PlayerKind::sendmail;
  return std::nullopt;
}

DialogError::DialogError(const std::string& path, const Step& step, std::string_view problem)
    : std::runtime_error(
          fmt::format("{}:{}: {} {}: {}", path, step.line, step.verb, step.rest, problem)) {}

Dialog read_dialog(const std::string& path, PlayerKind player) {
  std::ifstream file(path);
  if (!file) throw std::runtime_error(path + ": cannot be read");
  Dialog dialog{path, {}, false, {}};
  Step ignored;
  Step* last = &ignored;
  int number = 0;
  for (std::string text; std::getline(file, text);) {
    ++number;
    if (text.starts_with(' ')) {
      last->block += text + "\n";
      continue;
    }
    std::string_view line = trimmed(text);
    if (line.empty() || line.starts_with('#')) continue;
    last = &ignored;
    if (!is_for(player, line)) continue;
    Step step{number, {}, {}, {}};
    step.verb = take_word(line);
    step.rest = line;
    if (!is_verb(step.verb)) throw DialogError(path, step, "there is no such step");
    if (step.verb == "ONLY") {
      read_only(dialog, step, player);
      continue;
    }
    dialog.steps.push_back(step);
    last = &dialog.steps.back();
  }
  if (dialog.steps.empty()) throw std::runtime_error(path + ": there is nothing to play");
  return dialog;
}

std::string take_word(std::string_view& rest) {
  rest = trimmed(rest);
  std::size_t end = std::min(rest.find_first_of(" \t"), rest.size());
  if (rest.starts_with('<')) {
    for (end = 0; end < rest.size(); ++end) {
      const bool last = end + 1 == rest.size() || rest[end + 1] == ' ';
      if (rest[end] == '>' && last) break;
    }
    end = std::min(end + 1, rest.size());
  }
  std::string word(rest.substr(0, end));
  rest = trimmed(rest.substr(end));
  return word;
}

AddressStep parse_address_step(std::string_view rest) {
  AddressStep step;
  step.address = take_word(rest);
  while (!rest.empty()) {
    std::string_view after = rest;
    std::string word = take_word(after);
    if (is_code(word)) break;
    step.parameters.push_back(std::move(word));
    rest = after;
  }
  step.expected = rest;
  return step;
}

std::string without_brackets(std::string_view path) {
  if (path.starts_with('<') && path.ends_with('>')) path = path.substr(1, path.size() - 2);
  return std::string(path);
}

bool matches(std::string_view pattern, std::string_view actual) {
  for (bool anywhere = false;; anywhere = true) {
    const std::size_t star = pattern.find('*');
    const std::string_view piece =
        anywhere ? trimmed(pattern.substr(0, star)) : pattern.substr(0, star);
    const std::size_t at =
        anywhere ? actual.find(piece) : (actual.starts_with(piece) ? 0 : std::string_view::npos);
    if (at == std::string_view::npos) return false;
    if (star == std::string_view::npos) return true;
    actual.remove_prefix(at + piece.size());
    pattern.remove_prefix(star + 1);
  }
}

}  // namespace optout::test

#include "optoutctl/sets.h"

#include "log/log.h"
#include "optoutctl/text.h"
#include "optoutctl/trouble.h"
#include "util/suggest.h"

#include <CLI/App.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace optout {
namespace {

constexpr std::array<std::string_view, 4> kFixed{"global", "complaint", "bounce", "block"};
constexpr std::string_view kAllSets =
    "write global, complaint, bounce, block, stream:<name> or list:<list-id>";

bool visible_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c > 0x20 && c < 0x7F; });
}

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return out;
}

// RFC 2919: compared without regard to case; what stands in angle brackets, where there are any.
std::variant<SetName, std::string> list_set(std::string_view id) {
  if (const auto open = id.rfind('<'); open != std::string_view::npos && id.ends_with('>')) {
    id = id.substr(open + 1, id.size() - open - 2);
  }
  id = trimmed(id);
  if (id.empty() || id.size() > 255 || !visible_ascii(id)) {
    return fmt::format("\"{}\" is not a List-Id (write news.example.com)", log::escaped(id));
  }
  return SetName::list(lower(id));
}

std::variant<SetName, std::string> named_set(std::string_view kind, std::string_view name) {
  if (kind == "list") return list_set(name);
  if (name.empty() || name.size() > 255 || !visible_ascii(name)) {
    return fmt::format("\"{}\" is not a name", log::escaped(name));
  }
  return SetName(fmt::format("{}:{}", kind, name));
}

void add_once(std::vector<SetName>& sets, SetName set) {
  if (std::find(sets.begin(), sets.end(), set) == sets.end()) sets.push_back(std::move(set));
}

SetName set_or_trouble(std::string_view flag, std::string_view text,
                       const std::variant<SetName, std::string>& parsed) {
  if (const auto* set = std::get_if<SetName>(&parsed)) return *set;
  throw wrong_usage(
      fmt::format("{} {}: {}", flag, log::escaped(text), std::get<std::string>(parsed)));
}

}  // namespace

std::variant<SetName, std::string> parse_set_name(std::string_view text) {
  const auto colon = text.find(':');
  const std::string_view word = text.substr(0, colon);
  if (colon == std::string_view::npos) {
    if (std::find(kFixed.begin(), kFixed.end(), word) != kFixed.end())
      return SetName(std::string(word));
    const std::string_view meant = nearest(word, kFixed);
    if (!meant.empty()) return fmt::format("no such set (did you mean {}?)", meant);
    return fmt::format("no such set ({})", kAllSets);
  }
  constexpr std::array<std::string_view, 3> kKinds{"stream", "list", "key"};
  if (std::find(kKinds.begin(), kKinds.end(), word) != kKinds.end())
    return named_set(word, text.substr(colon + 1));
  const std::string_view meant = nearest(word, kKinds);
  if (!meant.empty())
    return fmt::format("no such set (did you mean {}{}?)", meant, log::escaped(text.substr(colon)));
  return fmt::format("no such set ({})", kAllSets);
}

void SetFlags::declare(CLI::App& verb, const std::string& set_help, const std::string& list_help) {
  // Without allow_extra_args(false), CLI11 would take the addresses that follow for more sets.
  verb.add_option("--set", sets_, set_help)->type_name("SET")->allow_extra_args(false);
  verb.add_option("--list", lists_, list_help)->type_name("ID")->allow_extra_args(false);
}

std::vector<SetName> SetFlags::named() const {
  std::vector<SetName> sets;
  for (const std::string& text : sets_)
    add_once(sets, set_or_trouble("--set", text, parse_set_name(text)));
  for (const std::string& id : lists_)
    add_once(sets, set_or_trouble("--list", id, list_set(id)));
  return sets;
}

std::vector<SetName> SetFlags::to_change() const {
  std::vector<SetName> sets = named();
  if (sets.empty()) sets.push_back(SetName::global());
  for (const SetName& set : sets) {
    if (set.is_foreign()) {
      throw wrong_usage(
          fmt::format("--set {}: that set is kept by others, and only read here\n"
                      "  change it where it is kept",
                      log::escaped(set.text())));
    }
  }
  return sets;
}

std::vector<SetName> known_sets(const Config& config) {
  std::vector<SetName> sets;
  for (const std::string_view name : kFixed)
    add_once(sets, SetName(std::string(name)));
  for (const Stream& stream : config.streams)
    add_once(sets, SetName::stream(stream.name));
  for (const Stream& stream : config.streams) {
    for (const std::string& honoured : stream.honours) {
      // "list" and "stream" stand for the message's own; which that is, only a message can say.
      if (honoured != "list" && honoured != "stream") add_once(sets, SetName(honoured));
    }
  }
  return sets;
}

}  // namespace optout

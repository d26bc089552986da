#include "config/token_key_file.h"

#include "config/key_lines.h"
#include "util/day.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace optout {
namespace {

constexpr std::size_t kFewestDifferentOctets = 12;

// What `word` says of `key`; or what is wrong with it.
std::string understand(std::string_view word, TokenKey& key) {
  const auto equals = word.find('=');
  const std::string_view name = word.substr(0, equals);
  if (equals == std::string_view::npos || (name != "made" && name != "retired")) {
    return fmt::format("{} means nothing here (write made=2026-11-22 or retired=2026-12-01)",
                       in_quotes(word));
  }
  const auto day = parse_day(word.substr(equals + 1));
  if (!day) return fmt::format("{} is no day (write {}=2026-11-22)", in_quotes(word), name);
  if (name == "made") key.made = *day;
  if (name == "retired") key.retired = true;
  // A day is allowed for clocks and time zones that differ.
  if (name == "retired" && *day > today() + std::chrono::days(1)) {
    return fmt::format("{} is to come, but takes effect at once (write it on that day)",
                       in_quotes(word));
  }
  return {};
}

}  // namespace

std::string_view weakness_of(std::string_view secret) {
  const auto octet = [&](std::size_t i) { return static_cast<unsigned char>(secret[i]); };
  if (std::set<char>(secret.begin(), secret.end()).size() < kFewestDifferentOctets)
    return "repeats itself";
  const auto half = secret.size() / 2;
  if (secret.substr(0, half) == secret.substr(half)) return "repeats itself";
  bool is_progression = true;
  for (std::size_t i = 2; i < secret.size(); ++i) {
    const auto step = static_cast<unsigned char>(octet(1) - octet(0));
    is_progression = is_progression && static_cast<unsigned char>(octet(i) - octet(i - 1)) == step;
  }
  if (is_progression) return "only counts";
  if (std::all_of(secret.begin(), secret.end(), [](char c) { return c >= ' ' && c <= '~'; }))
    return "is a text";
  return {};
}

TokenKeys read_token_key_file(const std::string& path, Place named_at, std::string_view setting,
                              Report& report) {
  const std::size_t errors_before = report.errors();
  TokenKeys keys;
  for (const KeyLine& line :
       read_key_lines(path, named_at, setting, kHighestTokenKey, true, report)) {
    const auto complain = [&](const std::string& problem) {
      report.error(line.place, setting, fmt::format("key {} {}", line.number, problem));
    };
    TokenKey key{.secret = line.secret, .made = {}, .retired = false};
    for (const std::string& word : line.words) {
      if (const std::string problem = understand(word, key); !problem.empty())
        complain("has a word behind it that is wrong: " + problem);
    }
    if (const auto weakness = weakness_of(key.secret); !weakness.empty() && !key.retired) {
      complain(fmt::format("{}, and could be guessed: make another with \"optoutctl keys new\"",
                           weakness));
    }
    const auto same = std::find_if(keys.begin(), keys.end(), [&](const auto& other) {
      return other.second.secret == key.secret;
    });
    if (same != keys.end()) complain(fmt::format("is the same as key {}", same->first));
    keys.emplace(line.number, std::move(key));
  }
  if (report.errors() == errors_before && !minting_key(keys)) {
    report.error(named_at, setting,
                 fmt::format("{} holds no key that is not retired: make one with \"optoutctl keys "
                             "new\"",
                             in_quotes(path)));
  }
  return keys;
}

std::string token_key_line(unsigned number, const TokenKey& key) {
  std::string line = fmt::format("{}:", number);
  for (const char octet : key.secret)
    fmt::format_to(std::back_inserter(line), "{:02x}", static_cast<unsigned char>(octet));
  return fmt::format("{} made={}", line, day_text(key.made));
}

}  // namespace optout

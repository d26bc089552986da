#include "policy/why_not.h"

#include "address/ascii.h"
#include "policy/comparable.h"
#include "policy/header_facts.h"
#include "util/glob.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <string_view>

namespace optout {
namespace {

using Why = Unmet::Why;

constexpr std::size_t kMostNamed = 4;  // of the values that are wanted, in a sentence

bool matches_any(const std::vector<std::string>& patterns, std::string_view text) {
  return std::any_of(patterns.begin(), patterns.end(),
                     [&](const std::string& pattern) { return glob_matches(pattern, text); });
}

std::optional<Unmet> compare(std::string_view condition, const std::vector<std::string>& wanted,
                             const std::string& found) {
  if (wanted.empty() || (!found.empty() && matches_any(wanted, found))) return std::nullopt;
  Unmet unmet{std::string(condition), Why::absent, {}, wanted};
  if (found.empty()) return unmet;
  unmet.why = Why::differs;
  unmet.found = {found};
  return unmet;
}

std::optional<Unmet> compare_client(const std::vector<IpNetwork>& wanted,
                                    const std::string& client) {
  if (wanted.empty()) return std::nullopt;
  const auto address = parse_ip_address(client);
  const auto holds = [&](const IpNetwork& network) { return network.contains(*address); };
  if (address && std::any_of(wanted.begin(), wanted.end(), holds)) return std::nullopt;
  Unmet unmet{"client", client.empty() ? Why::absent : Why::differs, {}, {}};
  if (!client.empty()) unmet.found = {client};
  for (const IpNetwork& network : wanted)
    unmet.wanted.push_back(network.to_string());
  return unmet;
}

// "list-id" as people write it: "List-Id".
std::string title(std::string_view name) {
  std::string title(name);
  bool begins = true;
  for (char& c : title) {
    if (begins && c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    begins = c == '-';
  }
  return title;
}

// What all fields of this name hold.
std::vector<std::string> values_of(std::string_view name, std::span<const HeaderField> header) {
  std::vector<std::string> values;
  for (const HeaderField& field : header) {
    if (ascii::lowered(field.name) == name) values.push_back(comparable(field.value));
  }
  return values;
}

// Of fields that a message has once, and of which one part counts: `found`.
std::optional<Unmet> compare_single(std::string_view name, const std::vector<std::string>& wanted,
                                    const std::optional<std::string>& found,
                                    std::span<const HeaderField> header) {
  if (wanted.empty()) return std::nullopt;
  if (found) return compare(title(name), wanted, *found);
  std::vector<std::string> values = values_of(name, header);
  const Why why = values.empty()       ? Why::absent
                  : values.size() == 1 ? Why::unreadable
                                       : Why::several;
  return Unmet{title(name), why, std::move(values), wanted};
}

// Of other fields any may match that is not too long.
std::optional<Unmet> compare_fields(const HeaderCondition& condition,
                                    std::span<const HeaderField> header) {
  std::vector<std::string> values;
  bool too_long = false;
  for (const HeaderField& field : header) {
    if (ascii::lowered(field.name) != condition.name) continue;
    too_long = too_long || field.too_long;
    if (!field.too_long) values.push_back(comparable(field.value));
  }
  const auto matches = [&](const std::string& text) { return matches_any(condition.values, text); };
  if (std::any_of(values.begin(), values.end(), matches)) return std::nullopt;
  const Why why = too_long ? Why::too_long : values.empty() ? Why::absent : Why::differs;
  return Unmet{title(condition.name), why, std::move(values), condition.values};
}

// "a, b or c"; of many the first ones.
std::string any_of_these(const std::vector<std::string>& values) {
  if (values.size() == 1) return values.front();
  const bool all = values.size() <= kMostNamed;
  const auto named = values.begin() + static_cast<std::ptrdiff_t>(all ? values.size() - 1 : 3);
  return fmt::format("{} or {}", fmt::join(values.begin(), named, ", "),
                     all ? values.back() : fmt::format("{} others", values.end() - named));
}

}  // namespace

std::optional<Unmet> why_not(const Conditions& when, const Envelope& envelope) {
  if (auto unmet = compare("sender", when.sender, envelope.sender)) return unmet;
  if (auto unmet = compare("auth", when.auth, ascii::lowered(envelope.auth))) return unmet;
  if (auto unmet = compare_client(when.client, envelope.client)) return unmet;
  return compare("listener", when.listener, ascii::lowered(envelope.listener));
}

std::optional<Unmet> why_not(const Conditions& when, const Envelope& envelope,
                             std::span<const HeaderField> header) {
  if (auto unmet = why_not(when, envelope)) return unmet;
  HeaderFacts facts;
  for (const HeaderField& field : header)
    facts.add(field.name, field.value);
  if (auto unmet = compare_single("from", when.from, facts.from(), header)) return unmet;
  for (const HeaderCondition& condition : when.header) {
    auto unmet = condition.name == "list-id"
                     ? compare_single("list-id", condition.values, facts.list_id(), header)
                     : compare_fields(condition, header);
    if (unmet) return unmet;
  }
  return std::nullopt;
}

std::string to_string(const Unmet& unmet) {
  const std::string wanted = any_of_these(unmet.wanted);
  const std::string& condition = unmet.condition;
  switch (unmet.why) {
    case Why::absent:
      return fmt::format("no {}, wanted {}", condition, wanted);
    case Why::differs:
      return fmt::format("{} is {}, wanted {}", condition, fmt::join(unmet.found, " and "), wanted);
    case Why::too_long:
      return fmt::format("{} is too long to be compared, wanted {}", condition, wanted);
    case Why::several:
      return fmt::format("more than one {}, so that none counts, wanted {}", condition, wanted);
    case Why::unreadable:
      break;
  }
  return fmt::format("{} names nothing that can be compared: {}, wanted {}", condition,
                     unmet.found.front(), wanted);
}

std::string header_conditions(const Conditions& when) {
  std::vector<std::string> all;
  if (!when.from.empty()) all.push_back("From matches " + any_of_these(when.from));
  for (const auto& [name, values] : when.header)
    all.push_back(fmt::format("{} matches {}", title(name), any_of_these(values)));
  return fmt::format("{}", fmt::join(all, " and "));
}

}  // namespace optout

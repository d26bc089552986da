#include "policy/when_decided.h"

#include "policy/policy.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <string_view>

namespace optout {
namespace {

bool looks_at_header(const Stream& stream) {
  return !stream.when.from.empty() || !stream.when.header.empty();
}

bool looks_at_envelope(const Stream& stream) {
  return !stream.when.sender.empty() || !stream.when.auth.empty() || !stream.when.client.empty() ||
         !stream.when.listener.empty();
}

// "from, list-id"
std::string fields(const Stream& stream) {
  std::vector<std::string_view> names;
  if (!stream.when.from.empty()) names.emplace_back("from");
  for (const HeaderCondition& condition : stream.when.header)
    names.push_back(condition.name);
  return fmt::format("{}", fmt::join(names, ", "));
}

std::string_view way_of(const Stream& stream) {
  switch (stream.on_opted_out) {
    case OnOptedOut::reject:
      return "reject";
    case OnOptedOut::strip:
      return "strip";
    case OnOptedOut::hold:
      return "hold";
    case OnOptedOut::tag:
      return "accept-and-tag";
  }
  return "reject";
}

// Which streams can still win at RCPT where `streams[i]` wins in the end: those before it that look
// at the header; and where it does so itself, what comes behind, up to one that takes all mail.
std::vector<const Stream*> companions(std::span<const Stream> streams, std::size_t i) {
  std::vector<const Stream*> found;
  for (std::size_t j = 0; j < streams.size(); ++j) {
    const bool before = j < i && looks_at_header(streams[j]);
    const bool behind = j > i && looks_at_header(streams[i]);
    if (j == i || before || behind) found.push_back(&streams[j]);
    if (j >= i && streams[j].when.empty()) break;
  }
  return found;
}

std::string how_chosen(std::span<const Stream> streams, std::size_t i) {
  if (looks_at_header(streams[i])) {
    return fmt::format("at the end of the header, by {}", fields(streams[i]));
  }
  const auto earlier = streams.first(i);
  const auto always = std::find_if(earlier.begin(), earlier.end(), [](const Stream& stream) {
    return looks_at_header(stream) && !looks_at_envelope(stream);
  });
  if (always != earlier.end()) {
    return fmt::format("at the end of the header: {} comes first, by {}", always->name,
                       fields(*always));
  }
  const auto opener = std::find_if(earlier.begin(), earlier.end(), looks_at_header);
  if (opener == earlier.end()) return "at MAIL";
  return fmt::format("at MAIL, or at the end of the header where {} can still win, by {}",
                     opener->name, fields(*opener));
}

// The sets that every one of `all` honours and that need no header to be named.
std::vector<std::string> common_sets(const std::vector<const Stream*>& all) {
  std::vector<std::string> names;
  for (const SetName& set : sets_at_end(*all.front(), {}, std::nullopt)) {
    const bool common = std::all_of(all.begin(), all.end(), [&](const Stream* stream) {
      const auto sets = sets_at_end(*stream, {}, std::nullopt);
      return std::find(sets.begin(), sets.end(), set) != sets.end();
    });
    if (common) names.emplace_back(set.text());
  }
  return names;
}

std::string how_decided(const Stream& stream, const std::vector<const Stream*>& all) {
  for (const Stream* each : all) {
    if (each->on_opted_out == OnOptedOut::reject) continue;
    if (each == &stream)
      return fmt::format("at end of message: its on_opted_out is {}", way_of(*each));
    return fmt::format("at end of message: {} can still win at RCPT, and its on_opted_out is {}",
                       each->name, way_of(*each));
  }
  const auto other_mode = std::find_if(
      all.begin(), all.end(), [&](const Stream* each) { return each->mode != stream.mode; });
  if (other_mode != all.end()) {
    return fmt::format("at end of message: {} can still win at RCPT, and its mode is another",
                       (*other_mode)->name);
  }
  const std::vector<std::string> sets = common_sets(all);
  if (sets.empty()) {
    return "at end of message: no set is honoured by every stream that can still win at RCPT";
  }
  return fmt::format("at RCPT for {}; else at end of message", fmt::join(sets, ", "));
}

}  // namespace

std::vector<WhenDecided> when_decided(std::span<const Stream> streams) {
  std::vector<WhenDecided> all;
  for (std::size_t i = 0; i < streams.size(); ++i) {
    const auto others = companions(streams, i);
    const Stream* const alone[] = {&streams[i]};
    const bool at_recipient =
        others.size() == 1 && decides_at_recipient(alone, {}) && !needs_headers(alone, {});
    all.push_back({.stream = streams[i].name,
                   .chosen = how_chosen(streams, i),
                   .decided = at_recipient ? "at RCPT" : how_decided(streams[i], others)});
  }
  return all;
}

}  // namespace optout

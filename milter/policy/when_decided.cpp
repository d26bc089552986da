#include "policy/when_decided.h"

#include "policy/policy.h"
#include "util/glob.h"

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

bool any_overlap(const std::vector<std::string>& a, const std::vector<std::string>& b) {
  if (a.empty() || b.empty()) return true;
  return std::any_of(a.begin(), a.end(), [&](const std::string& one) {
    return std::any_of(b.begin(), b.end(),
                       [&](const std::string& other) { return globs_overlap(one, other); });
  });
}

bool any_overlap(const std::vector<IpNetwork>& a, const std::vector<IpNetwork>& b) {
  if (a.empty() || b.empty()) return true;
  return std::any_of(a.begin(), a.end(), [&](const IpNetwork& one) {
    return std::any_of(b.begin(), b.end(), [&](const IpNetwork& other) {
      return one.contains(other) || other.contains(one);
    });
  });
}

// Whether one envelope can meet the conditions of both.
bool can_meet(const Conditions& a, const Conditions& b) {
  return any_overlap(a.sender, b.sender) && any_overlap(a.auth, b.auth) &&
         any_overlap(a.client, b.client) && any_overlap(a.listener, b.listener);
}

using Group = std::vector<const Stream*>;

// Streams that can still win at RCPT beside `streams[i]`: those before it that look at the header;
// and where it does so itself, what comes behind, up to one that takes all mail. With `all`, also
// those that only some envelopes leave in the race.
Group candidates_beside(std::span<const Stream> streams, std::size_t i, bool all) {
  Group found;
  for (std::size_t j = 0; j < streams.size(); ++j) {
    const Stream& other = streams[j];
    const bool before = j < i && looks_at_header(other);
    const bool behind = j > i && looks_at_header(streams[i]);
    const bool certain = !looks_at_envelope(other);
    const bool can_win = (before || behind) && can_meet(other.when, streams[i].when);
    if (j == i || (can_win && (all || certain))) found.push_back(&other);
    if (j >= i && other.when.empty()) break;
  }
  return found;
}

std::string how_chosen(const Stream& stream, const Group& certain, const Group& all) {
  if (looks_at_header(stream)) {
    return fmt::format("at the end of the header, by {}", fields(stream));
  }
  if (certain.size() > 1) {
    return fmt::format("at the end of the header: {} comes first, by {}", certain.front()->name,
                       fields(*certain.front()));
  }
  if (all.size() == 1) return "at MAIL";
  return fmt::format("at MAIL, or at the end of the header where {} can still win, by {}",
                     all.front()->name, fields(*all.front()));
}

std::string in_words(const std::vector<std::string>& sets) {
  return fmt::format("{}", fmt::join(sets, ", "));
}

// The sets of the stream that every one of the group honours and that need no header to be named,
// and the others.
std::string split_by_when(const Stream& stream, const Group& group) {
  std::vector<std::string> at_recipient;
  std::vector<std::string> at_end;
  for (const std::string& honoured : stream.honours) {
    const SetName set = honoured == "stream" ? SetName::stream(stream.name, stream.tenant)
                                             : SetName(honoured, stream.tenant);
    const bool common =
        honoured != "list" && std::all_of(group.begin(), group.end(), [&](auto* each) {
          const auto sets = sets_at_end(*each, {}, std::nullopt);
          return std::find(sets.begin(), sets.end(), set) != sets.end();
        });
    (common ? at_recipient : at_end).push_back(honoured);
  }
  if (at_end.empty()) return "at RCPT";
  const bool only_list = at_end.size() == 1 && at_end.front() == "list";
  std::string late =
      fmt::format("at end of message for {}, {}", in_words(at_end),
                  only_list ? "which the header names"
                            : "as not every stream that can still win honours the same");
  if (at_recipient.empty()) return late;
  return fmt::format("at RCPT for {}; {}", in_words(at_recipient), late);
}

std::string how_decided(const Stream& stream, const Group& group) {
  const bool by_null_senders_only =
      !stream.when.sender.empty() &&
      std::all_of(stream.when.sender.begin(), stream.when.sender.end(),
                  [](const std::string& pattern) { return pattern == "<>"; });
  if (by_null_senders_only) return "at end of message: mail without a sender is";
  if (stream.on_opted_out != OnOptedOut::reject)
    return fmt::format("at end of message: its on_opted_out is {}", to_string(stream.on_opted_out));
  for (const Stream* each : group) {
    if (each->on_opted_out != OnOptedOut::reject) {
      return fmt::format("at end of message: {} can still win at RCPT, and its on_opted_out is {}",
                         each->name, to_string(each->on_opted_out));
    }
    if (each->mode != stream.mode) {
      return fmt::format("at end of message: {} can still win at RCPT, and its mode is another",
                         each->name);
    }
  }
  return split_by_when(stream, group);
}

bool changes_header(const Stream* stream) {
  return stream->list_unsubscribe != ListUnsubscribe::keep;
}

// Why policy/needs_headers() says so although no opt-out depends on the header.
std::string why_seen(const Stream& stream, const Group& certain, const Group& all) {
  const auto says = [](const Stream* one) {
    return fmt::format("its list_unsubscribe is {}", to_string(one->list_unsubscribe));
  };
  if (changes_header(&stream)) return says(&stream);
  const auto sure = std::find_if(certain.begin(), certain.end(), changes_header);
  if (sure != certain.end())
    return fmt::format("{} can still win at RCPT, and {}", (*sure)->name, says(*sure));
  const auto perhaps = std::find_if(all.begin(), all.end(), changes_header);
  if (perhaps == all.end()) return {};
  return fmt::format("where {} can still win, {}", (*perhaps)->name, says(*perhaps));
}

}  // namespace

std::string_view to_string(OnOptedOut on_opted_out) noexcept {
  switch (on_opted_out) {
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

std::string_view to_string(ListUnsubscribe list_unsubscribe) noexcept {
  switch (list_unsubscribe) {
    case ListUnsubscribe::keep:
      return "keep";
    case ListUnsubscribe::add:
      return "add";
    case ListUnsubscribe::replace:
      return "replace";
    case ListUnsubscribe::require:
      return "require";
  }
  return "keep";
}

std::vector<WhenDecided> when_decided(std::span<const Stream> streams) {
  constexpr std::size_t kMostDescribed = 500;
  std::vector<WhenDecided> described;
  if (streams.size() > kMostDescribed) return described;
  for (std::size_t i = 0; i < streams.size(); ++i) {
    const Stream& stream = streams[i];
    const Group certain = candidates_beside(streams, i, false);
    const Group all = candidates_beside(streams, i, true);
    std::string decided = how_decided(stream, certain);
    const std::string at_worst = how_decided(stream, all);
    if (at_worst != decided) {
      const auto other = std::find_if(all.begin(), all.end(), [&](const Stream* each) {
        return std::find(certain.begin(), certain.end(), each) == certain.end();
      });
      decided += fmt::format(" (where {} can still win: {})", (*other)->name, at_worst);
    }
    described.push_back({.stream = stream.name,
                         .chosen = how_chosen(stream, certain, all),
                         .decided = std::move(decided),
                         .seen = why_seen(stream, certain, all)});
  }
  return described;
}

}  // namespace optout

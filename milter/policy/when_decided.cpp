#include "policy/when_decided.h"

#include "policy/known_sets.h"
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

// Whether whatever meets `narrow` meets `wide`.
bool covers(const std::vector<std::string>& wide, const std::vector<std::string>& narrow) {
  if (wide.empty() || narrow.empty()) return wide.empty();
  return std::all_of(narrow.begin(), narrow.end(), [&](const std::string& one) {
    return std::any_of(wide.begin(), wide.end(),
                       [&](const std::string& other) { return glob_covers(other, one); });
  });
}

bool covers(const std::vector<IpNetwork>& wide, const std::vector<IpNetwork>& narrow) {
  if (wide.empty() || narrow.empty()) return wide.empty();
  return std::all_of(narrow.begin(), narrow.end(), [&](const IpNetwork& one) {
    return std::any_of(wide.begin(), wide.end(),
                       [&](const IpNetwork& other) { return other.contains(one); });
  });
}

// Whether every envelope that meets the conditions of `narrow` meets those of `wide`.
bool covers(const Conditions& wide, const Conditions& narrow) {
  return covers(wide.sender, narrow.sender) && covers(wide.auth, narrow.auth) &&
         covers(wide.client, narrow.client) && covers(wide.listener, narrow.listener);
}

bool is_for_null_senders(const Stream& stream) {
  const auto& sender = stream.when.sender;
  return !sender.empty() && std::all_of(sender.begin(), sender.end(),
                                        [](const std::string& pattern) { return pattern == "<>"; });
}

// Streams that can still win at RCPT, in their order.
using Group = std::vector<const Stream*>;

// Those that mail of one stream meets there.
struct Rivals {
  Group certain;  // itself, and whom the envelope never rules out
  Group perhaps;  // whom the envelope of some of its mail does not rule out
};

// For each stream the first other one, without conditions on the header, that is open to all of its
// mail; the number of streams where there is none.
std::vector<std::size_t> who_takes_all(std::span<const Stream> streams) {
  std::vector<std::size_t> first;
  first.reserve(streams.size());
  for (const Stream& stream : streams) {
    const auto found = std::find_if(streams.begin(), streams.end(), [&](const Stream& other) {
      return &other != &stream && !looks_at_header(other) && covers(other.when, stream.when);
    });
    first.push_back(static_cast<std::size_t>(found - streams.begin()));
  }
  return first;
}

// Those before `streams[i]` that look at the header; and where it does so itself, what comes
// behind. But none where somebody in between takes all their mail, or all of its own.
Rivals rivals_of(std::span<const Stream> streams, std::size_t i,
                 const std::vector<std::size_t>& taken_by) {
  const Stream& stream = streams[i];
  Rivals found;
  for (std::size_t j = 0; j < streams.size(); ++j) {
    const Stream& other = streams[j];
    if (i == j) found.certain.push_back(&other);
    const bool before = j < i && looks_at_header(other);
    const bool behind = j > i && looks_at_header(stream) && j <= taken_by[i];
    const bool is_left = (before || behind) && taken_by[j] >= std::max(i, j);
    if (!is_left || !can_meet(other.when, stream.when)) continue;
    if (is_for_null_senders(other) && !is_for_null_senders(stream)) continue;
    (covers(other.when, stream.when) ? found.certain : found.perhaps).push_back(&other);
  }
  return found;
}

// The certain ones and `one` of the others, which may leave nothing to those behind it.
Group together(const Group& certain, const Stream* one, const Stream* stream) {
  const bool ends = one > stream && !looks_at_header(*one);
  const auto place = std::upper_bound(certain.begin(), certain.end(), one);
  Group group(certain.begin(), place);
  group.push_back(one);
  if (!ends) group.insert(group.end(), place, certain.end());
  return group;
}

std::string how_chosen(const Stream& stream, const Rivals& rivals) {
  const auto& [certain, perhaps] = rivals;
  if (looks_at_header(stream)) {
    return fmt::format("at the end of the header, by {}", fields(stream));
  }
  if (certain.size() > 1) {
    return fmt::format("at the end of the header: {} comes first, by {}", certain.front()->name,
                       fields(*certain.front()));
  }
  if (perhaps.empty()) return "at MAIL";
  return fmt::format("at MAIL, or at the end of the header where {} can still win, by {}",
                     perhaps.front()->name, fields(*perhaps.front()));
}

std::string in_words(const std::vector<std::string>& sets) {
  return fmt::format("{}", fmt::join(sets, ", "));
}

// The sets of the stream that every one of the group honours and that need no header to be named,
// and the others.
std::string split_by_when(const Stream& stream, const Group& group, const KnownSets& known) {
  std::vector<std::string> at_recipient;
  std::vector<std::string> at_end;
  for (const std::string& honoured : stream.honours) {
    const SetName set = honoured == "stream" ? SetName::stream(stream.name, stream.tenant)
                                             : SetName(honoured, stream.tenant);
    const bool common =
        honoured != "list" && std::all_of(group.begin(), group.end(), [&](auto* each) {
          const auto& sets = known.of(*each).sets;
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

std::string how_decided(const Stream& stream, const Group& group, const KnownSets& known) {
  if (is_for_null_senders(stream)) return "at end of message: mail without a sender is";
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
  return split_by_when(stream, group, known);
}

// ... and what is otherwise where one more can still win.
std::string how_decided(const Stream& stream, const Rivals& rivals, const KnownSets& known) {
  constexpr std::size_t kMostNamed = 3;
  std::string usually = how_decided(stream, rivals.certain, known);
  std::vector<std::string> exceptions;
  for (const Stream* one : rivals.perhaps) {
    const std::string then = how_decided(stream, together(rivals.certain, one, &stream), known);
    if (then == usually) continue;
    if (exceptions.size() == kMostNamed) {
      exceptions.emplace_back("and so on");
      break;
    }
    exceptions.push_back(fmt::format("where {} can still win: {}", one->name, then));
  }
  if (exceptions.empty()) return usually;
  return fmt::format("{} ({})", usually, fmt::join(exceptions, "; "));
}

bool changes_header(const Stream* stream) {
  return stream->list_unsubscribe != ListUnsubscribe::keep;
}

// Why policy/needs_headers() says so although no opt-out depends on the header.
std::string why_seen(const Stream& stream, const Rivals& rivals) {
  const auto& [certain, perhaps] = rivals;
  const auto says = [](const Stream* one) {
    return fmt::format("its list_unsubscribe is {}", to_string(one->list_unsubscribe));
  };
  if (changes_header(&stream)) return says(&stream);
  const auto sure = std::find_if(certain.begin(), certain.end(), changes_header);
  if (sure != certain.end())
    return fmt::format("{} can still win at RCPT, and {}", (*sure)->name, says(*sure));
  const auto one = std::find_if(perhaps.begin(), perhaps.end(), changes_header);
  if (one == perhaps.end()) return {};
  return fmt::format("where {} can still win, {}", (*one)->name, says(*one));
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
  std::vector<WhenDecided> described;
  if (streams.size() > kMostDescribed) return described;
  const KnownSets known(streams);
  const std::vector<std::size_t> taken_by = who_takes_all(streams);
  for (std::size_t i = 0; i < streams.size(); ++i) {
    const Rivals rivals = rivals_of(streams, i, taken_by);
    described.push_back({.stream = streams[i].name,
                         .chosen = how_chosen(streams[i], rivals),
                         .decided = how_decided(streams[i], rivals, known),
                         .seen = why_seen(streams[i], rivals)});
  }
  return described;
}

}  // namespace optout

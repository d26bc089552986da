#include "message/message_log.h"

#include "log/log.h"

#include <fmt/format.h>

#include <algorithm>

namespace optout {

std::string names(Candidates candidates) {
  constexpr std::size_t kMostNamed = 3;
  std::string all = candidates.front()->name;
  for (const Stream* stream : candidates.subspan(1, std::min(candidates.size(), kMostNamed) - 1))
    all += "|" + stream->name;
  if (candidates.size() > kMostNamed) all += "|...";
  return all;
}

namespace message_log {
namespace {

using fmt::memory_buffer;

memory_buffer begin(Mta& mta) {
  memory_buffer line;
  const std::string_view queue_id = mta.macro("i");
  fmt::format_to(std::back_inserter(line),
                 "{}: ", queue_id.empty() ? "NOQUEUE" : log::escaped(queue_id, 64));
  return line;
}

template <typename Value>
void field(memory_buffer& line, std::string_view key, const Value& value) {
  const bool first = line.size() >= 2 && line[line.size() - 2] == ':';
  fmt::format_to(std::back_inserter(line), "{}{}={}", first ? "" : ", ", key, value);
}

// "would-" is said of what monitor mode does not do, and only of that.
std::string action_word(const MessageFacts& facts, Action action) {
  const bool would = facts.monitor && action != Action::accept;
  return fmt::format("{}{}", would ? "would-" : "", to_string(action));
}

void reason(memory_buffer& line, const Verdict& verdict) {
  if (verdict.listing) {
    const SetName& set = verdict.listing->set;
    field(line, "set", log::escaped(set.text()));
    if (!set.tenant().empty()) field(line, "tenant", set.tenant());
    if (const auto& evidence = verdict.listing->evidence) {
      field(line, "since", to_string(evidence->since).substr(0, 10));
      field(line, "source", to_string(evidence->source));
    } else {
      field(line, "source", to_string(Source::external));
    }
  }
  if (verdict.barred) field(line, "reason", "recipients_only");
  if (verdict.exemption != Exemption::none) field(line, "exempt", to_string(verdict.exemption));
  if (verdict.fault) {
    field(line, "fault", to_string(verdict.fault->fault));
    field(line, "reason", fmt::format("\"{}\"", log::escaped(verdict.fault->detail)));
  }
}

void about_message(memory_buffer& line, const MessageFacts& facts) {
  field(line, "stream", facts.stream);
  field(line, "from", log::address(facts.sender));
  if (!facts.sasl.empty()) field(line, "sasl", log::escaped(facts.sasl, 128));
  field(line, "sid", facts.session_id);
}

// An accepted recipient about whom there is nothing to say is for those who asked for more (-v).
log::Level level_of(const Verdict& verdict) {
  if (verdict.fault) return log::Level::warning;
  const bool ordinary = verdict.action == Action::accept && verdict.exemption == Exemption::none;
  return ordinary ? log::Level::debug : log::Level::info;
}

std::string_view text(const memory_buffer& line) {
  return {line.data(), line.size()};
}

}  // namespace

void recipient(Mta& mta, const MessageFacts& facts, std::string_view address,
               const Verdict& verdict) {
  memory_buffer line = begin(mta);
  field(line, "action", action_word(facts, verdict.action));
  field(line, "to", log::address(address));
  if (verdict.action == Action::accept && verdict.fault) field(line, "unchecked", "yes");
  reason(line, verdict);
  about_message(line, facts);
  log::line(level_of(verdict), text(line));
}

void summary(Mta& mta, const MessageFacts& facts, const MessageCounts& counts,
             const Verdict& verdict, std::string_view list_id) {
  memory_buffer line = begin(mta);
  field(line, "action", action_word(facts, verdict.action));
  field(line, "nrcpt", counts.recipients);
  const auto count = [&](std::string_view key, unsigned number) {
    if (number > 0) field(line, key, number);
  };
  count(facts.monitor ? "would-refuse" : "refused", counts.refused);
  count(facts.monitor ? "would-strip" : "stripped", counts.stripped);
  count(facts.monitor ? "would-defer" : "deferred", counts.deferred);
  count("unchecked", counts.unchecked);
  count(facts.monitor ? "would-hold" : "held", counts.held);
  count(facts.monitor ? "would-tag" : "tagged", counts.tagged);
  reason(line, verdict);
  if (!list_id.empty()) field(line, "list", log::escaped(list_id));
  about_message(line, facts);
  log::info(text(line));
}

void warning(Mta& mta, const MessageFacts& facts, std::string_view problem) {
  memory_buffer line = begin(mta);
  field(line, "problem", fmt::format("\"{}\"", log::escaped(problem)));
  about_message(line, facts);
  log::warning(text(line));
}

}  // namespace message_log
}  // namespace optout

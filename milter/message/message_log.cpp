#include "message/message_log.h"

#include "log/log.h"
#include "unsubscribe/set_reference.h"
#include "util/day.h"
#include "util/shell_word.h"

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

constexpr std::size_t kLongestSender = 512;  // an identity, and a stream

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
      field(line, "since", day_text(std::chrono::floor<std::chrono::days>(evidence->since)));
      field(line, "source", to_string(evidence->source));
    } else {
      field(line, "source", to_string(Source::external));
    }
  }
  if (verdict.barred) field(line, "reason", "recipients_only");
  if (verdict.overrun) {
    field(line, "guard", verdict.overrun->limit);
    field(line, "sender", log::word(verdict.overrun->sender));
  }
  if (verdict.no_way_out) field(line, "reason", "list_unsubscribe");
  if (verdict.no_address) field(line, "reason", "invalid_address");
  if (verdict.exemption != Exemption::none) field(line, "exempt", to_string(verdict.exemption));
  if (verdict.fault) {
    field(line, "fault", to_string(verdict.fault->fault));
    field(line, "reason", fmt::format("\"{}\"", log::discreet(verdict.fault->detail)));
  }
}

void about_message(memory_buffer& line, const MessageFacts& facts) {
  field(line, "stream", facts.stream);
  field(line, "from", log::address(facts.sender));
  if (!facts.sasl.empty()) field(line, "sasl", log::word(facts.sasl, 128));
  field(line, "sid", facts.session_id);
}

void about_token(memory_buffer& line, const Token& token) {
  if (!token.address.empty()) field(line, "whom", log::address(token.address));
  if (token.stored) field(line, "whom", fmt::format("address:{:016x}", *token.stored));
  field(line, "key", token.key);
  field(line, "asked", day_text(token.issued));
}

// What to type about a sender; where a log or a shell would not take him as he is, what tells who
// it is.
std::string guard_command(std::string_view verb, std::string_view sender,
                          std::string_view rest = {}) {
  if (log::word(sender, kLongestSender) != sender || shell_word(sender) != sender)
    return "\"optoutctl guard list\"";
  return fmt::format("\"optoutctl guard {} {}{}\"", verb, sender, rest);
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
  count("requests", counts.requests);
  count("bad_tokens", counts.bad_tokens);
  reason(line, verdict);
  if (counts.fields != FieldsOutcome::kept)
    field(line, "list_unsubscribe", to_string(counts.fields));
  if (!list_id.empty()) field(line, "list", log::word(list_id));
  about_message(line, facts);
  log::info(text(line));
}

void unsubscribed(Mta& mta, const MessageFacts& facts, const Token& token,
                  const Unsubscribed& done) {
  memory_buffer line = begin(mta);
  field(line, "action", "unsubscribe");
  about_token(line, token);
  if (!done.set.text().empty()) field(line, "set", log::escaped(done.set.text()));
  if (!done.set.tenant().empty()) field(line, "tenant", done.set.tenant());
  if (done.guessed) field(line, "unknown", set_reference_text(*token.scope));
  field(line, "source", to_string(Source::reply));
  field(line, "result", to_string(done.outcome));
  about_message(line, facts);
  const bool lost = done.outcome == Unsubscribed::Outcome::no_address;
  log::line(lost ? log::Level::error : log::Level::info, text(line));
}

void not_recorded(Mta& mta, const MessageFacts& facts, const Token& token, const Error& why) {
  memory_buffer line = begin(mta);
  field(line, "action", "defer");
  about_token(line, token);
  field(line, "result", "not_recorded");
  field(line, "fault", to_string(why.fault));
  field(line, "reason", fmt::format("\"{}\"", log::discreet(why.detail)));
  about_message(line, facts);
  log::warning(text(line));
}

void swallowed(Mta& mta, const MessageFacts& facts, const MessageCounts& counts) {
  memory_buffer line = begin(mta);
  field(line, "action", "discard");
  field(line, "nrcpt", counts.recipients);
  field(line, "requests", counts.requests);
  if (counts.bad_tokens > 0) field(line, "bad_tokens", counts.bad_tokens);
  about_message(line, facts);
  log::info(text(line));
}

void trip(Mta& mta, const MessageFacts& facts, std::string_view sender, const TripNote& note,
          std::string_view action) {
  memory_buffer line = begin(mta);
  field(line, "action", action);
  field(line, "guard", note.limit);
  field(line, "sender", log::word(sender, kLongestSender));
  field(line, "count", note.trip.count);
  if (note.kind == LimitKind::opted_out) field(line, "of", note.trip.of);
  field(line, "limit", fmt::format("\"{}\"", note.trip.limit));
  field(line, "passed", passed_text(note.passed_in_all));
  if (note.kind != LimitKind::recipients_per_message) {
    field(line, "until", instant_text(note.trip.until));
    field(line, "release", guard_command("release", sender));
  } else {
    field(line, "allow",
          guard_command("allow", sender, fmt::format(" {} for 1h", note.trip.count)));
  }
  about_message(line, facts);
  log::warning(text(line));
}

void near(Mta& mta, const MessageFacts& facts, std::string_view sender, const WarningNote& note) {
  memory_buffer line = begin(mta);
  const bool is_share = note.kind == LimitKind::opted_out;
  field(line, "action", "warn");
  field(line, "guard", note.limit);
  field(line, "sender", log::word(sender, kLongestSender));
  field(line, "count", is_share ? note.standing.opted_out : note.standing.people);
  if (is_share) field(line, "of", note.standing.people);
  field(line, "limit", fmt::format("\"{}\"", note.amount));
  about_message(line, facts);
  log::warning(text(line));
}

void guarded(Mta& mta, const MessageFacts& facts, std::string_view sender, const Limit& limit,
             std::string_view action) {
  memory_buffer line = begin(mta);
  field(line, "action", action);
  field(line, "guard", limit.name());
  field(line, "sender", log::word(sender, kLongestSender));
  about_message(line, facts);
  log::info(text(line));
}

void uncounted(Mta& mta, const MessageFacts& facts, std::string_view sender, const Error& why,
               Action action) {
  memory_buffer line = begin(mta);
  field(line, "action", to_string(action));
  field(line, "guard", "cannot_tell");
  field(line, "sender", log::word(sender, kLongestSender));
  field(line, "fault", to_string(why.fault));
  field(line, "reason", fmt::format("\"{}\"", log::discreet(why.detail)));
  about_message(line, facts);
  log::warning(text(line));
}

void warning(Mta& mta, const MessageFacts& facts, std::string_view problem) {
  memory_buffer line = begin(mta);
  field(line, "problem", fmt::format("\"{}\"", log::discreet(problem)));
  about_message(line, facts);
  log::warning(text(line));
}

}  // namespace message_log
}  // namespace optout

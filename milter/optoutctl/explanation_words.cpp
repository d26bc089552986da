#include "optoutctl/explanation_words.h"

#include "policy/when_decided.h"

#include <fmt/format.h>

#include <algorithm>

namespace optout {
namespace {

std::string words_for(const Listing& listing) {
  std::string words = fmt::format("set {}", listing.set.text());
  if (!listing.set.tenant().empty()) words += fmt::format(" of tenant {}", listing.set.tenant());
  if (!listing.evidence) return words + ", put there by others";
  return words + fmt::format(", since {}, source {}",
                             to_string(listing.evidence->since).substr(0, 10),
                             to_string(listing.evidence->source));
}

}  // namespace

std::string action_word(Action action, bool monitor) {
  const bool differs = monitor && action != Action::accept;
  return fmt::format("{}{}", differs ? "would-" : "", to_string(action));
}

std::string action_word(const Explanation& told, const ExplainedRecipient& recipient) {
  const bool asks = recipient.is_request && recipient.verdict.action == Action::accept;
  return asks ? "unsubscribe" : action_word(recipient.verdict.action, told.monitor());
}

std::string smtp_reply(const Reply& reply) {
  return reply.refuses() ? reply.to_string() : "250";
}

std::string reason(const ExplainedRecipient& recipient) {
  const Verdict& verdict = recipient.verdict;
  if (recipient.is_request) return "a request to unsubscribe: its token is good";
  if (recipient.with_all) return "as the whole message, for other recipients";
  if (verdict.listing) return words_for(*verdict.listing);
  if (verdict.barred) return "not among the stream's recipients_only";
  if (verdict.no_way_out) return "no List-Unsubscribe, and the stream requires one";
  if (verdict.fault) {
    return fmt::format("{}{}: {}", verdict.action == Action::accept ? "unchecked, " : "",
                       to_string(verdict.fault->fault), verdict.fault->detail);
  }
  if (recipient.bad_token) return "its token is none of ours";
  if (verdict.exemption == Exemption::postmaster) return "never looked up: postmaster or abuse";
  if (verdict.exemption == Exemption::automatic_report)
    return "never looked up: a bounce or an automatic answer";
  if (recipient.is_invalid()) return "not an address";
  return {};
}

std::string why_decided_when(const Explanation& told) {
  if (told.decides_at_recipient) {
    return told.candidates.size() == 1 ? "the stream rejects" : "every stream that can win rejects";
  }
  if (told.envelope.pickup) return "mail by pickup cannot be refused at RCPT";
  if (told.envelope.null_sender)
    return "with a null sender, only the header tells bounces from other mail";
  for (const Stream* stream : told.candidates) {
    if (stream->on_opted_out != OnOptedOut::reject)
      return fmt::format("{} would {}", stream->name, to_string(stream->on_opted_out));
  }
  return "of the streams that can win, some only monitor";
}

std::string why_not_chosen(const Explanation& told, const ExplainedStream& stream) {
  if (stream.stream == told.winner) return {};
  if (stream.why_not) return to_string(*stream.why_not);
  return fmt::format("{} comes first", told.winner->name);
}

}  // namespace optout

#include "policy/policy.h"

#include <algorithm>

namespace optout {
namespace {

bool honours_list(const Stream& stream) {
  return std::find(stream.honours.begin(), stream.honours.end(), "list") != stream.honours.end();
}

Verdict cannot_tell(const Stream& stream, const Error& error) {
  return stream.on_outage == OnOutage::accept ? Verdict::unchecked(error) : Verdict::defer(error);
}

}  // namespace

bool decides_at_recipient(const Stream& stream, const Envelope& envelope) {
  return stream.on_opted_out == OnOptedOut::reject && !envelope.pickup && !envelope.null_sender;
}

bool needs_headers(const Stream& stream, const Envelope& envelope) {
  return honours_list(stream) || envelope.null_sender;
}

std::vector<SetName> sets_at_recipient(const Stream& stream) {
  return sets_at_end(stream, false, std::nullopt);
}

std::vector<SetName> sets_at_end(const Stream& stream, bool asked_at_recipient,
                                 const std::optional<std::string>& list_id) {
  std::vector<SetName> sets;
  for (const std::string& honoured : stream.honours) {
    if (honoured == "list") {
      if (list_id) sets.push_back(SetName::list(*list_id));
    } else if (!asked_at_recipient) {
      sets.push_back(honoured == "stream" ? SetName::stream(stream.name) : SetName(honoured));
    }
  }
  return sets;
}

Exemption exemption(const LookupKey& recipient, std::span<const std::string> our_domains) {
  if (recipient.status == KeyStatus::postmaster) return Exemption::postmaster;
  const std::string_view domain = recipient.domain();
  const std::string_view key = recipient.key;
  if (!key.starts_with("postmaster@") && !key.starts_with("abuse@")) return Exemption::none;
  const bool ours = std::find(our_domains.begin(), our_domains.end(), domain) != our_domains.end();
  return ours ? Exemption::postmaster : Exemption::none;
}

Exemption exemption(const Envelope& envelope, const HeaderFacts& headers) {
  return envelope.null_sender && headers.is_automatic() ? Exemption::automatic_report
                                                        : Exemption::none;
}

Verdict judge_recipient(const Stream& stream, const Result<Answer>& answer) {
  if (!answer) return cannot_tell(stream, answer.error());
  if (!*answer) return Verdict::accept();
  return Verdict::reject(**answer);
}

MessageVerdict judge_message(const Stream& stream, const Result<std::vector<Answer>>& answers) {
  if (!answers) return {.message = cannot_tell(stream, answers.error()), .recipients = {}};

  const auto listed = static_cast<std::size_t>(std::count_if(
      answers->begin(), answers->end(), [](const Answer& a) { return a.has_value(); }));
  const bool whole_message =
      listed == answers->size() ||
      (stream.on_opted_out == OnOptedOut::reject && stream.on_mixed == OnMixed::reject);
  MessageVerdict verdict;
  for (const Answer& answer : *answers) {
    verdict.recipients.push_back(answer ? Verdict::strip(*answer) : Verdict::accept());
    if (!answer || !whole_message || verdict.message.action == Action::reject) continue;
    verdict.message = Verdict::reject(*answer);  // never 250 with nobody left (SC-09)
  }
  return verdict;
}

}  // namespace optout

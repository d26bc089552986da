#include "policy/policy.h"

#include "util/glob.h"

#include <algorithm>

namespace optout {
namespace {

// Whether this is the set that a word of the stream's `honours` means, in a message of this list.
bool means(const Stream& stream, std::string_view honoured,
           const std::optional<std::string>& list_id, const SetName& set) {
  if (set.tenant() != stream.tenant && !set.is_foreign()) return false;
  const auto is = [&](std::string_view kind, std::string_view name) {
    return set.text().size() == kind.size() + name.size() && set.text().starts_with(kind) &&
           set.text().ends_with(name);
  };
  if (honoured == "list") return list_id && is("list:", *list_id);
  if (honoured == "stream") return is("stream:", stream.name);
  return set.text() == honoured;
}

// What the stream says to a recipient of her own: reject or tag for an opt-out, accept if there is
// none, and what on_outage says if nobody can tell.
Verdict judge(const Stream& stream, const std::optional<std::string>& list_id,
              const Standing& recipient) {
  if (!recipient.may_be_mailed) return Verdict::bar();
  const Error* doubt = recipient.fault ? &*recipient.fault : nullptr;
  if (!recipient.listed.empty()) {
    for (const std::string& honoured : stream.honours) {
      for (const Listing& listing : recipient.listed) {
        if (!means(stream, honoured, list_id, listing.set)) continue;
        if (!listing.doubt) {
          return stream.on_opted_out == OnOptedOut::tag ? Verdict::tag(listing)
                                                        : Verdict::reject(listing);
        }
        if (doubt == nullptr) doubt = &*listing.doubt;
      }
    }
  }
  if (doubt == nullptr) return Verdict::accept();
  return stream.on_outage == OnOutage::accept ? Verdict::unchecked(*doubt) : Verdict::defer(*doubt);
}

// What becomes of the message as a whole, given what is wrong with its recipients: `gone` of `all`
// are not to have it, `barred` of these not even after somebody's review.
Action action_on(const Stream& stream, std::size_t all, std::size_t gone, std::size_t barred) {
  if (gone == 0) return Action::accept;
  const bool holds = stream.on_opted_out == OnOptedOut::hold;
  const bool mixes = stream.on_opted_out == OnOptedOut::reject || holds;
  if (gone == all)
    return holds && barred < gone ? Action::hold : Action::reject;  // never 250 with nobody left
  if (mixes && stream.on_mixed == OnMixed::reject) return Action::reject;
  const bool hold_all = mixes && stream.on_mixed == OnMixed::hold && barred < gone;
  return hold_all ? Action::hold : Action::accept;
}

// What that means for one recipient who is not to have the mail.
Action action_on_recipient(Action message, const Verdict& objection) {
  if (message == Action::reject) return Action::reject;
  return message == Action::hold && objection.listing ? Action::hold : Action::strip;
}

}  // namespace

bool decides_at_recipient(Candidates candidates, const Envelope& envelope) {
  return !envelope.pickup && !envelope.null_sender &&
         std::all_of(candidates.begin(), candidates.end(), [&](const Stream* stream) {
           return stream->on_opted_out == OnOptedOut::reject &&
                  stream->mode == candidates.front()->mode;
         });
}

bool can_refuse_at_recipient(std::span<const Stream> streams) {
  return std::any_of(streams.begin(), streams.end(), [](const Stream& stream) {
    const Stream* const alone[] = {&stream};
    return decides_at_recipient(alone, {});
  });
}

bool needs_headers(Candidates candidates, const Envelope& envelope) {
  return envelope.null_sender ||
         std::any_of(candidates.begin(), candidates.end(), [](const Stream* stream) {
           return stream->does_honour("list") || stream->list_unsubscribe != ListUnsubscribe::keep;
         });
}

std::vector<SetName> sets_at_end(const Stream& stream, std::span<const SetName> asked_before,
                                 const std::optional<std::string>& list_id) {
  std::vector<SetName> sets;
  sets.reserve(stream.honours.size());
  const auto add = [&](SetName set) {
    if (std::find(asked_before.begin(), asked_before.end(), set) == asked_before.end())
      sets.push_back(std::move(set));
  };
  for (const std::string& honoured : stream.honours) {
    if (honoured == "list") {
      if (list_id) add(SetName::list(*list_id, stream.tenant));
    } else if (honoured == "stream") {
      add(SetName::stream(stream.name, stream.tenant));
    } else {
      add(SetName(honoured, stream.tenant));
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

bool may_be_mailed(const Stream& stream, const LookupKey& recipient) {
  return stream.recipients_only.empty() ||
         std::any_of(
             stream.recipients_only.begin(), stream.recipients_only.end(),
             [&](const std::string& pattern) { return glob_matches(pattern, recipient.key); });
}

Verdict judge_recipient(Candidates candidates, const LookupKey& recipient,
                        const Result<Answer>& answer) {
  Standing standing;
  if (answer) {
    standing.listed = *answer;
  } else {
    standing.fault = answer.error();
  }
  Verdict agreed;
  for (const Stream* stream : candidates) {
    standing.may_be_mailed = may_be_mailed(*stream, recipient);
    Verdict verdict = judge(*stream, std::nullopt, standing);
    if (verdict.action == Action::accept)
      return candidates.size() == 1 ? std::move(verdict) : Verdict::accept();
    // The first one says why; but where another cannot tell, the recipient comes again.
    const bool is_first = agreed.action == Action::accept;
    const bool is_first_doubt = verdict.action == Action::defer && agreed.action != Action::defer;
    if (is_first || is_first_doubt) agreed = std::move(verdict);
  }
  return agreed;
}

MessageVerdict judge_message(const Stream& stream, const std::optional<std::string>& list_id,
                             std::span<const Standing> recipients) {
  MessageVerdict verdict;
  std::size_t gone = 0;
  std::size_t barred = 0;
  for (const Standing& recipient : recipients) {
    Verdict judged = judge(stream, list_id, recipient);
    if (judged.action == Action::defer) return {.message = std::move(judged), .recipients = {}};
    if (judged.action == Action::reject) ++gone;
    if (!recipient.may_be_mailed) ++barred;
    if (judged.fault && !verdict.message.fault) verdict.message = judged;  // went out unchecked
    verdict.recipients.push_back(std::move(judged));
  }
  const Action action = action_on(stream, recipients.size(), gone, barred);
  for (Verdict& judged : verdict.recipients) {
    if (judged.action != Action::reject) continue;
    judged.action = action_on_recipient(action, judged);
    if (verdict.message.action == Action::accept && judged.action == action)
      verdict.message = judged;  // the first one says why
  }
  return verdict;
}

}  // namespace optout

#include "session/transaction.h"

#include "address/wrapping.h"
#include "log/log.h"
#include "session/replies.h"
#include "suppression/members.h"

#include <fmt/format.h>

#include <algorithm>

namespace optout {
namespace {

// So many are asked about in one round trip, which Redis answers in a fraction of the deadline.
// Only messages that no MTA takes by default are longer; then each round trip has a deadline of its
// own.
constexpr std::size_t kAtOnce = 5'000;

bool is_null_sender(std::string_view sender) {
  return sender.empty() || sender == "<>";
}

bool is_invalid(const Recipient& recipient) {
  return recipient.key.status == KeyStatus::invalid ||
         recipient.key.status == KeyStatus::null_sender;
}

}  // namespace

Transaction::Transaction(std::shared_ptr<const Snapshot> snapshot, MailFacts facts,
                         Activity& activity)
    : snapshot_(std::move(snapshot)),
      stream_(snapshot_->stream()),
      ticket_(activity.message()),
      sent_away_(activity.sends_new_messages_away()),
      envelope_{.null_sender = is_null_sender(facts.sender), .pickup = facts.pickup},
      decides_at_recipient_(facts.recipients_answered &&
                            optout::decides_at_recipient(stream_, envelope_)),
      answers_recipients_(facts.recipients_answered),
      facts_{.sender = std::move(facts.sender),
             .sasl = std::move(facts.sasl),
             .session_id = std::move(facts.session_id),
             .stream = stream_.name,
             .monitor = !snapshot_->enforces()} {}

Reply Transaction::recipient(std::string_view as_given, Mta& mta) {
  // Pickup mail is never refused here, nor is anything in monitor mode.
  const bool may_refuse = answers_recipients_ && !envelope_.pickup && enforces();
  if (sent_away_ && may_refuse) return replies::shutting_down();
  if (recipients_.size() >= kMostRecipients) {
    too_many_ = !may_refuse;
    return may_refuse ? replies::too_many_recipients() : Reply::proceed();
  }
  ++counts_.recipients;
  Recipient recipient{
      .as_given = std::string(as_given), .key = lookup_key(as_given), .spellings = {}};
  recipient.exemption = exemption(recipient.key, snapshot_->config.our_domains);
  if (recipient.exemption == Exemption::none) {
    recipient.spellings =
        spellings(recipient.key, mta.macro("{rcpt_addr}"), snapshot_->config.addresses);
  }
  Reply reply = decides_at_recipient_ ? look_up_now(recipient, mta) : Reply::proceed();
  if (!reply.refuses()) recipients_.push_back(std::move(recipient));
  return reply;
}

Reply Transaction::look_up_now(Recipient& recipient, Mta& mta) {
  if (is_invalid(recipient)) return enforces() ? replies::invalid_address() : Reply::proceed();
  if (recipient.exemption != Exemption::none) {
    message_log::recipient(mta, facts_, recipient.as_given, Verdict::exempt(recipient.exemption));
    return Reply::proceed();
  }
  auto answers = snapshot_->store->find({&recipient.spellings, 1}, snapshot_->sets_at_recipient);
  const Verdict verdict = answers ? judge_recipient(stream_, std::move(answers->front()))
                                  : judge_recipient(stream_, std::move(answers).error());
  return carry_out_at_recipient(recipient, verdict, mta);
}

Reply Transaction::carry_out_at_recipient(Recipient& recipient, const Verdict& verdict, Mta& mta) {
  const auto tell = [&] { message_log::recipient(mta, facts_, recipient.as_given, verdict); };
  switch (verdict.action) {
    case Action::accept:
      if ((verdict.fault && counts_.unchecked++ == 0) || log::is_verbose()) tell();
      return Reply::proceed();
    case Action::defer:
      if (counts_.deferred++ == 0)
        tell();  // one line a message: an outage is no reason for a flood
      return enforces() ? replies::cannot_tell() : Reply::proceed();
    case Action::reject:
    case Action::strip:
      break;
  }
  ++counts_.refused;
  tell();
  recipient.would_be_gone = !enforces();
  return enforces() ? replies::opted_out(stream_, *verdict.listing) : Reply::proceed();
}

Reply Transaction::data(Mta& mta) {
  if (!decides_at_recipient_ || needs_headers(stream_, envelope_) || spoilt_)
    return Reply::proceed();
  return finish(Reply::accept(), Verdict::accept(), mta);
}

Reply Transaction::objection() const {
  if (spoilt_) return replies::internal_error();
  if (sent_away_) return replies::shutting_down();
  if (too_many_) return replies::too_many_recipients_in_message();
  if (std::any_of(recipients_.begin(), recipients_.end(), is_invalid))
    return replies::invalid_address();
  return Reply::proceed();
}

Reply Transaction::end_of_message(Mta& mta) {
  if (Reply objected = objection(); enforces() && objected.refuses()) {
    message_log::warning(mta, facts_, "message refused: " + objected.to_string());
    return objected;
  }
  if (const Exemption why = exemption(envelope_, headers_); why != Exemption::none) {
    return finish(Reply::proceed(), Verdict::exempt(why), mta);
  }
  if (headers_.ambiguous_list()) {
    message_log::warning(mta, facts_,
                         "more than one List-Id: opt-outs from a list cannot be looked up");
  }
  const std::vector<Recipient*> recipients = still_in_message();
  return carry_out(judge_message(stream_, ask(recipients)), recipients, mta);
}

std::vector<Recipient*> Transaction::still_in_message() {
  std::vector<Recipient*> found;
  for (Recipient& recipient : recipients_) {
    if (!recipient.would_be_gone) found.push_back(&recipient);
  }
  return found;
}

Result<std::vector<Answer>> Transaction::ask(std::span<Recipient* const> recipients) {
  std::vector<Answer> answers(recipients.size());
  const std::vector<SetName> sets = sets_at_end(stream_, decides_at_recipient_, headers_.list_id());
  std::vector<Spellings> asked;
  std::vector<std::size_t> place;
  for (std::size_t i = 0; i < recipients.size(); ++i) {
    if (recipients[i]->spellings.members.empty()) continue;
    asked.push_back(std::move(recipients[i]->spellings));  // nobody asks twice at the end
    place.push_back(i);
  }
  if (sets.empty() || asked.empty()) return answers;
  for (std::size_t from = 0; from < asked.size(); from += kAtOnce) {
    const std::size_t count = std::min(kAtOnce, asked.size() - from);
    auto found = snapshot_->store->find(std::span(asked).subspan(from, count), sets);
    if (!found) return found;
    for (std::size_t i = 0; i < count; ++i)
      answers[place[from + i]] = std::move((*found)[i]);
  }
  return answers;
}

Reply Transaction::carry_out(const MessageVerdict& verdict, std::span<Recipient* const> recipients,
                             Mta& mta) {
  const Verdict& message = verdict.message;
  if (message.action == Action::defer) {
    return finish(enforces() ? replies::cannot_tell() : Reply::proceed(), message, mta);
  }
  if (message.fault) counts_.unchecked = static_cast<unsigned>(recipients.size());
  bool all_taken_off = true;
  for (std::size_t i = 0; i < verdict.recipients.size(); ++i) {
    const Verdict& judged = verdict.recipients[i];
    const Recipient& recipient = *recipients[i];
    if (!judged.listing) {
      const bool exempt = recipient.exemption != Exemption::none;
      if (!decides_at_recipient_ && (exempt || log::is_verbose())) {
        message_log::recipient(mta, facts_, recipient.as_given,
                               exempt ? Verdict::exempt(recipient.exemption) : judged);
      }
      continue;
    }
    const bool strips = message.action == Action::accept;
    if (strips) ++counts_.stripped;
    message_log::recipient(mta, facts_, recipient.as_given,
                           strips ? judged : Verdict::reject(*judged.listing));
    if (strips && enforces()) all_taken_off = take_off_envelope(recipient, mta) && all_taken_off;
  }
  if (!all_taken_off) {
    message_log::warning(mta, facts_,
                         "the MTA does not let recipients be removed: message deferred");
    return replies::internal_error();
  }
  const bool refuses = message.action == Action::reject && enforces();
  return finish(refuses ? replies::opted_out(stream_, *message.listing) : Reply::proceed(), message,
                mta);
}

// Postfix compares with what it made of a source route, Sendmail with what was given: so both,
// where they differ.
bool Transaction::take_off_envelope(const Recipient& recipient, Mta& mta) {
  const bool done = mta.delete_recipient(recipient.as_given);
  if (!without_brackets(recipient.as_given).starts_with('@')) return done;
  return mta.delete_recipient(fmt::format("<{}>", without_wrapping(recipient.as_given))) && done;
}

Reply Transaction::finish(Reply reply, const Verdict& verdict, Mta& mta) {
  message_log::summary(mta, facts_, counts_, verdict, headers_.list_id().value_or(""));
  return reply;
}

}  // namespace optout

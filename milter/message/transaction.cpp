#include "message/transaction.h"

#include "address/wrapping.h"
#include "log/log.h"
#include "message/annotation.h"
#include "message/replies.h"
#include "suppression/members.h"

#include <fmt/format.h>

#include <algorithm>

namespace optout {
namespace {

// So many are asked about in one round trip, which Redis answers in a fraction of the deadline.
// Only messages that no MTA takes by default are longer; then each round trip has a deadline of its
// own.
constexpr std::size_t kAtOnce = 5'000;

bool is_invalid(const Recipient& recipient) {
  return recipient.key.status == KeyStatus::invalid ||
         recipient.key.status == KeyStatus::null_sender;
}

Envelope envelope_of(const Snapshot& snapshot, const MailFacts& facts) {
  Envelope envelope{.null_sender = facts.sender.empty() || facts.sender == "<>",
                    .pickup = facts.pickup};
  if (!snapshot.has_choice()) return envelope;
  envelope.sender = envelope.null_sender ? "<>" : lookup_key(facts.sender).key;
  envelope.auth = facts.auth;
  envelope.client = facts.client;
  envelope.listener = facts.listener;
  return envelope;
}

bool any_monitors(Candidates candidates) {
  return std::any_of(candidates.begin(), candidates.end(),
                     [](const Stream* stream) { return stream->mode == Mode::monitor; });
}

bool all_monitor(Candidates candidates) {
  return std::all_of(candidates.begin(), candidates.end(),
                     [](const Stream* stream) { return stream->mode == Mode::monitor; });
}

}  // namespace

Transaction::Transaction(std::shared_ptr<const Snapshot> snapshot, MailFacts facts,
                         Activity& activity)
    : snapshot_(std::move(snapshot)),
      ticket_(activity.message()),
      sent_away_(activity.sends_new_messages_away()),
      envelope_(envelope_of(*snapshot_, facts)),
      selection_(*snapshot_->selector, envelope_),
      decides_at_recipient_(facts.recipients_answered &&
                            optout::decides_at_recipient(candidates(), envelope_)),
      answers_recipients_(facts.recipients_answered),
      facts_{.sender = std::move(facts.sender),
             .sasl = std::move(facts.auth),
             .session_id = std::move(facts.session_id),
             .stream = names(candidates()),
             .monitor = all_monitor(candidates())},
      of_several_(selection_.decided() ? SetsToAsk() : snapshot_->known_sets->of(candidates())),
      ahead_(selection_.decided() ? snapshot_->known_sets->of(stream()) : of_several_) {}

Reply Transaction::recipient(std::string_view as_given, Mta& mta) {
  // Pickup mail is never refused here, nor anything that may turn out to be only monitored.
  const bool may_refuse = answers_recipients_ && !envelope_.pickup && !any_monitors(candidates());
  if (sent_away_ && may_refuse) return replies::shutting_down();
  if (recipients_.size() >= kMostRecipients) {
    too_many_ = !may_refuse;
    return may_refuse ? replies::too_many_recipients() : Reply::proceed();
  }
  ++counts_.recipients;
  Recipient recipient{.as_given = std::string(as_given), .key = lookup_key(as_given)};
  if (is_invalid(recipient) && may_refuse) return replies::invalid_address();
  recipient.exemption = exemption(recipient.key, snapshot_->config.our_domains);
  if (recipient.exemption == Exemption::none) {
    const std::string_view made_of_it = mta.macro("{rcpt_addr}");
    recipient.spellings = spellings(recipient.key, made_of_it, snapshot_->config.addresses);
    recipient.destination =
        snapshot_->bars_recipients && !made_of_it.empty() ? lookup_key(made_of_it) : recipient.key;
  }
  Reply reply = decides_at_recipient_ && !is_invalid(recipient) ? look_up_now(recipient, mta)
                                                                : Reply::proceed();
  if (!reply.refuses()) recipients_.push_back(std::move(recipient));
  return reply;
}

Reply Transaction::look_up_now(Recipient& recipient, Mta& mta) {
  if (recipient.exemption != Exemption::none) {
    message_log::recipient(mta, facts_, recipient.as_given, Verdict::exempt(recipient.exemption));
    recipient.known = Answer();
    return Reply::proceed();
  }
  Result<Answer> answer = Answer();
  if (!ahead_.sets.empty()) {
    auto answers = snapshot_->store->find({&recipient.spellings, 1}, ahead_.sets);
    answer = answers ? Result<Answer>(std::move(answers->front())) : std::move(answers).error();
  }
  const Verdict verdict = judge_recipient(candidates(), recipient.destination, answer);
  if (answer) recipient.known = *std::move(answer);
  return carry_out_at_recipient(recipient, verdict, mta);
}

Reply Transaction::carry_out_at_recipient(Recipient& recipient, const Verdict& verdict, Mta& mta) {
  const auto tell = [&] { message_log::recipient(mta, facts_, recipient.as_given, verdict); };
  if (verdict.action == Action::accept) {
    // Who could not be asked about is asked about again at the end of the message.
    if (!verdict.fault && log::is_verbose()) tell();
    return Reply::proceed();
  }
  if (verdict.action == Action::defer) {
    if (counts_.deferred++ == 0) tell();  // one line a message: an outage is no reason for a flood
    if (enforces()) meters().recipients(Action::defer);  // else the end asks again
    return enforces() ? replies::cannot_tell() : Reply::proceed();
  }
  ++counts_.refused;
  tell();
  meters().recipients(verdict.action);
  recipient.would_be_gone = !enforces();
  return enforces() ? replies::refusal(stream(), verdict) : Reply::proceed();
}

Reply Transaction::data(Mta& mta) {
  if (nothing_can_change()) return finish(Reply::accept(), {Verdict::accept(), {}}, mta);
  look_ahead();
  return Reply::proceed();
}

void Transaction::look_ahead() {
  // Of a null sender the header may well say that nobody need be asked about.
  if (decides_at_recipient_ || envelope_.null_sender || recipients_.size() > kAtOnce ||
      ahead_.sets.empty()) {
    return;
  }
  std::vector<Recipient*> asked;
  std::vector<Spellings> spelled;
  for (Recipient& recipient : recipients_) {
    if (recipient.spellings.members.empty()) continue;
    asked.push_back(&recipient);
    spelled.push_back(std::move(recipient.spellings));
  }
  if (asked.empty()) return;
  auto answers = snapshot_->store->find(spelled, ahead_.sets);
  for (std::size_t i = 0; i < asked.size(); ++i) {
    asked[i]->spellings = std::move(spelled[i]);
    if (answers) asked[i]->known = std::move((*answers)[i]);  // else the end asks again
  }
}

// Whichever candidate wins: nobody is in a set that one of them honours.
bool Transaction::nothing_can_change() const {
  if (!decides_at_recipient_ || !ahead_.complete || spoilt_ ||
      needs_headers(candidates(), envelope_)) {
    return false;
  }
  return std::all_of(recipients_.begin(), recipients_.end(), [&](const Recipient& recipient) {
    const bool exempt = recipient.exemption != Exemption::none;
    return recipient.would_be_gone ||
           (recipient.known && recipient.known->empty() &&
            std::all_of(candidates().begin(), candidates().end(), [&](const Stream* stream) {
              return exempt || may_be_mailed(*stream, recipient.destination);
            }));
  });
}

void Transaction::header(std::string_view name, std::string_view value) {
  headers_.add(name, value);
  selection_.header(name, value);
}

void Transaction::choose_stream() {
  if (selection_.decided()) return;
  selection_.end_of_headers(headers_);
  facts_.stream = names(candidates());
  facts_.monitor = all_monitor(candidates());
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
  choose_stream();
  if (Reply objected = objection(); enforces() && objected.refuses()) {
    message_log::warning(mta, facts_, "message refused: " + objected.to_string());
    return objected;
  }
  const Exemption exempt = exemption(envelope_, headers_);
  if (exempt != Exemption::none && stream().recipients_only.empty()) {
    return finish(Reply::proceed(), {Verdict::exempt(exempt), {}}, mta);
  }
  if (headers_.ambiguous_list()) {
    message_log::warning(mta, facts_,
                         "more than one List-Id: opt-outs from a list cannot be looked up");
  }
  const std::vector<Recipient*> recipients = still_in_message();
  if (exempt != Exemption::none) {
    for (Recipient* recipient : recipients)
      recipient->spellings = {};  // of no interest: only who may be mailed at all
  }
  MessageVerdict verdict = judge_message(stream(), headers_.list_id(), ask(recipients));
  if (exempt != Exemption::none && verdict.message.action == Action::accept)
    verdict.message = Verdict::exempt(exempt);
  return carry_out(verdict, recipients, mta);
}

std::vector<Recipient*> Transaction::still_in_message() {
  std::vector<Recipient*> found;
  for (Recipient& recipient : recipients_) {
    if (!recipient.would_be_gone) found.push_back(&recipient);
  }
  return found;
}

std::vector<Standing> Transaction::ask(std::span<Recipient* const> recipients) {
  std::vector<Standing> standings(recipients.size());
  std::vector<std::size_t> known;
  std::vector<std::size_t> unknown;
  for (std::size_t i = 0; i < recipients.size(); ++i) {
    Recipient& recipient = *recipients[i];
    const bool exempt = recipient.exemption != Exemption::none;
    standings[i].may_be_mailed = exempt || may_be_mailed(stream(), recipient.destination);
    if (recipient.spellings.members.empty()) continue;
    Answer listed = recipient.known ? *std::move(recipient.known) : Answer();
    const auto doubts = std::erase_if(listed, [](const Listing& l) { return l.doubt.has_value(); });
    (recipient.known && doubts == 0 ? known : unknown).push_back(i);
    standings[i].listed = std::move(listed);  // that counts, whatever cannot be told now
  }
  ask(recipients, unknown, {}, standings);
  ask(recipients, known, ahead_.sets, standings);
  return standings;
}

void Transaction::ask(std::span<Recipient* const> recipients, std::span<const std::size_t> places,
                      std::span<const SetName> asked_before, std::vector<Standing>& standings) {
  const std::vector<SetName> sets = sets_at_end(stream(), asked_before, headers_.list_id());
  if (sets.empty()) return;
  std::vector<Spellings> asked;
  for (const std::size_t place : places)
    asked.push_back(std::move(recipients[place]->spellings));  // nobody asks twice at the end
  for (std::size_t from = 0; from < asked.size(); from += kAtOnce) {
    const std::size_t count = std::min(kAtOnce, asked.size() - from);
    auto found = snapshot_->store->find(std::span(asked).subspan(from, count), sets);
    for (std::size_t i = 0; i < count; ++i) {
      Standing& standing = standings[places[from + i]];
      if (!found) {
        standing.fault = found.error();
      } else {
        std::move((*found)[i].begin(), (*found)[i].end(), std::back_inserter(standing.listed));
      }
    }
  }
}

Reply Transaction::carry_out(const MessageVerdict& verdict, std::span<Recipient* const> recipients,
                             Mta& mta) {
  const Verdict& message = verdict.message;
  if (message.action == Action::defer) {
    return finish(enforces() ? replies::cannot_tell() : Reply::proceed(), verdict, mta);
  }
  if (message.action == Action::accept) note_unchecked(verdict, recipients, mta);
  bool done = true;
  for (std::size_t i = 0; i < verdict.recipients.size(); ++i)
    done = carry_out_on(*recipients[i], verdict.recipients[i], mta) && done;
  done = edit_message(verdict, mta) && done;
  if (!done) {
    message_log::warning(mta, facts_, "the MTA does not let the message be changed: deferred");
    count({Verdict::defer({Fault::internal, "the MTA does not let the message be changed"}), {}});
    return replies::internal_error();
  }
  const bool refuses = message.action == Action::reject && enforces();
  return finish(refuses ? replies::refusal(stream(), message) : Reply::proceed(), verdict, mta);
}

void Transaction::note_unchecked(const MessageVerdict& verdict,
                                 std::span<Recipient* const> recipients, Mta& mta) {
  for (std::size_t i = 0; i < verdict.recipients.size(); ++i) {
    const Verdict& recipient = verdict.recipients[i];
    if (recipient.action != Action::accept || !recipient.fault) continue;
    if (counts_.unchecked++ == 0)  // one line is enough
      message_log::recipient(mta, facts_, recipients[i]->as_given, recipient);
  }
  meters().unchecked(counts_.unchecked);
}

bool Transaction::carry_out_on(const Recipient& recipient, const Verdict& verdict, Mta& mta) {
  const bool exempt = recipient.exemption != Exemption::none;
  const bool told = (decides_at_recipient_ || verdict.fault) && verdict.action == Action::accept;
  if (!told && (verdict.action != Action::accept || exempt || log::is_verbose())) {
    message_log::recipient(mta, facts_, recipient.as_given,
                           exempt ? Verdict::exempt(recipient.exemption) : verdict);
  }
  if (verdict.action == Action::tag) ++counts_.tagged;
  if (verdict.action == Action::hold) ++counts_.held;
  if (verdict.action != Action::strip) return true;
  ++counts_.stripped;
  return !enforces() || take_off_envelope(recipient, mta);
}

bool Transaction::edit_message(const MessageVerdict& verdict, Mta& mta) {
  if (!enforces()) return true;
  const bool holds = verdict.message.action == Action::hold;
  if (!holds && counts_.tagged == 0) return true;
  const std::string text = annotation(verdict, stream());
  if (!holds) return mta.add_header("X-Optout", text);
  return mta.add_header("X-Optout-Hold", text) && mta.hold(text);
}

// Postfix compares with what it made of a source route, Sendmail with what was given: so both,
// where they differ.
bool Transaction::take_off_envelope(const Recipient& recipient, Mta& mta) {
  const bool done = mta.delete_recipient(recipient.as_given);
  if (!without_brackets(recipient.as_given).starts_with('@')) return done;
  return mta.delete_recipient(fmt::format("<{}>", without_wrapping(recipient.as_given))) && done;
}

Reply Transaction::finish(Reply reply, const MessageVerdict& verdict, Mta& mta) {
  message_log::summary(mta, facts_, counts_, verdict.message, headers_.list_id().value_or(""));
  count(verdict);
  return reply;
}

// Once for each recipient who was not counted at RCPT, and once for the message. Who has not opted
// out of a message that is refused or held as a whole shares its fate.
void Transaction::count(const MessageVerdict& verdict) const {
  for (const Verdict& recipient : verdict.recipients) {
    const bool shares = recipient.action == Action::accept;
    meters().recipients(shares ? verdict.message.action : recipient.action);
  }
  if (verdict.recipients.empty()) {  // all fare alike
    const auto left = std::count_if(recipients_.begin(), recipients_.end(),
                                    [](const Recipient& r) { return !r.would_be_gone; });
    meters().recipients(verdict.message.action, static_cast<std::uint64_t>(left));
  }
  meters().message(verdict.message.action);
}

}  // namespace optout

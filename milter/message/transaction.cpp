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
  // Pickup mail is never refused here, nor is anything that a stream may only monitor.
  const bool may_refuse = answers_recipients_ && !envelope_.pickup && enforces();
  if (sent_away_ && may_refuse) return replies::shutting_down();
  if (recipients_.size() >= kMostRecipients) {
    too_many_ = !may_refuse;
    return may_refuse ? replies::too_many_recipients() : Reply::proceed();
  }
  ++counts_.recipients;
  Recipient recipient{.as_given = std::string(as_given), .key = lookup_key(as_given)};
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
    recipient.known = Answer();
    return Reply::proceed();
  }
  if (ahead_.sets.empty()) {
    recipient.known = Answer();
    return carry_out_at_recipient(recipient, judge_recipient(candidates(), recipient.key, Answer()),
                                  mta);
  }
  auto answers = snapshot_->store->find({&recipient.spellings, 1}, ahead_.sets);
  if (!answers) {
    const Result<Answer> cannot_tell = std::move(answers).error();
    return carry_out_at_recipient(recipient,
                                  judge_recipient(candidates(), recipient.key, cannot_tell), mta);
  }
  const Result<Answer> answer = std::move(answers->front());
  const Verdict verdict = judge_recipient(candidates(), recipient.key, answer);
  recipient.known = *answer;
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
    return enforces() ? replies::cannot_tell() : Reply::proceed();
  }
  ++counts_.refused;
  tell();
  recipient.would_be_gone = !enforces();
  return enforces() ? replies::refusal(stream(), verdict) : Reply::proceed();
}

Reply Transaction::data(Mta& mta) {
  if (nothing_can_change()) return finish(Reply::accept(), Verdict::accept(), mta);
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
              return exempt || may_be_mailed(*stream, recipient.key);
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
    return finish(Reply::proceed(), Verdict::exempt(exempt), mta);
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
  return carry_out(judge_message(stream(), headers_.list_id(), ask(recipients)), recipients, mta);
}

std::vector<Recipient*> Transaction::still_in_message() {
  std::vector<Recipient*> found;
  for (Recipient& recipient : recipients_) {
    if (!recipient.would_be_gone) found.push_back(&recipient);
  }
  return found;
}

Result<std::vector<Standing>> Transaction::ask(std::span<Recipient* const> recipients) {
  std::vector<Standing> standings(recipients.size());
  std::vector<std::size_t> known;
  std::vector<std::size_t> unknown;
  for (std::size_t i = 0; i < recipients.size(); ++i) {
    Recipient& recipient = *recipients[i];
    const bool exempt = recipient.exemption != Exemption::none;
    standings[i].may_be_mailed = exempt || may_be_mailed(stream(), recipient.key);
    if (recipient.spellings.members.empty()) continue;
    (recipient.known ? known : unknown).push_back(i);
    if (recipient.known) standings[i].listed = *std::move(recipient.known);
  }
  if (auto asked = ask(recipients, unknown, {}, standings); !asked) return std::move(asked).error();
  if (auto asked = ask(recipients, known, ahead_.sets, standings); !asked)
    return std::move(asked).error();
  return standings;
}

Result<Done> Transaction::ask(std::span<Recipient* const> recipients,
                              std::span<const std::size_t> places,
                              std::span<const SetName> asked_before,
                              std::vector<Standing>& standings) {
  const std::vector<SetName> sets = sets_at_end(stream(), asked_before, headers_.list_id());
  if (sets.empty()) return Done{};
  std::vector<Spellings> asked;
  for (const std::size_t place : places)
    asked.push_back(std::move(recipients[place]->spellings));  // nobody asks twice at the end
  for (std::size_t from = 0; from < asked.size(); from += kAtOnce) {
    const std::size_t count = std::min(kAtOnce, asked.size() - from);
    auto found = snapshot_->store->find(std::span(asked).subspan(from, count), sets);
    if (!found) return std::move(found).error();
    for (std::size_t i = 0; i < count; ++i) {
      Answer& listed = standings[places[from + i]].listed;
      std::move((*found)[i].begin(), (*found)[i].end(), std::back_inserter(listed));
    }
  }
  return Done{};
}

Reply Transaction::carry_out(const MessageVerdict& verdict, std::span<Recipient* const> recipients,
                             Mta& mta) {
  const Verdict& message = verdict.message;
  if (message.action == Action::defer) {
    return finish(enforces() ? replies::cannot_tell() : Reply::proceed(), message, mta);
  }
  if (message.fault && !recipients.empty()) {
    counts_.unchecked = static_cast<unsigned>(recipients.size());
    message_log::recipient(mta, facts_, recipients.front()->as_given, message);  // one is enough
  }
  bool done = true;
  for (std::size_t i = 0; i < verdict.recipients.size(); ++i)
    done = carry_out_on(*recipients[i], verdict.recipients[i], mta) && done;
  done = edit_message(verdict, mta) && done;
  if (!done) {
    message_log::warning(mta, facts_, "the MTA does not let the message be changed: deferred");
    return replies::internal_error();
  }
  const bool refuses = message.action == Action::reject && enforces();
  return finish(refuses ? replies::refusal(stream(), message) : Reply::proceed(), message, mta);
}

bool Transaction::carry_out_on(const Recipient& recipient, const Verdict& verdict, Mta& mta) {
  const bool exempt = recipient.exemption != Exemption::none;
  const bool told_at_recipient = decides_at_recipient_ && verdict.action == Action::accept;
  if (!told_at_recipient && (verdict.action != Action::accept || exempt || log::is_verbose())) {
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

Reply Transaction::finish(Reply reply, const Verdict& verdict, Mta& mta) {
  message_log::summary(mta, facts_, counts_, verdict, headers_.list_id().value_or(""));
  return reply;
}

}  // namespace optout

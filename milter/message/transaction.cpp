#include "message/transaction.h"

#include "log/log.h"
#include "message/replies.h"
#include "suppression/members.h"

#include <algorithm>
#include <utility>

namespace optout {
namespace {

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
      ahead_(selection_.decided() ? snapshot_->known_sets->of(stream()) : of_several_),
      guarding_(*snapshot_, {.auth = facts_.sasl, .client = facts.client, .sender = facts_.sender}),
      requests_(*snapshot_, facts_.sender) {}

Reply Transaction::recipient(std::string_view as_given, Mta& mta) {
  // Pickup mail is never refused here, nor anything that may turn out to be only monitored.
  const bool may_refuse = answers_recipients_ && !envelope_.pickup && !any_monitors(candidates());
  if (sent_away_ && may_refuse) return replies::shutting_down();
  if (recipients_.size() + requests_.swallowed() >= kMostRecipients) {
    too_many_ = !may_refuse;
    return may_refuse ? replies::too_many_recipients() : Reply::proceed();
  }
  Recipient recipient{.as_given = std::string(as_given), .key = lookup_key(as_given)};
  const bool is_answered = answers_recipients_ && !envelope_.pickup;
  const std::string_view made_of_it = mta.macro("{rcpt_addr}");
  const auto kind = requests_.take(as_given, recipient.key, made_of_it, is_answered);
  if (kind == Requests::Kind::too_many) return replies::too_many_requests();
  if (kind == Requests::Kind::request) return Reply::proceed();
  recipient.bad_token = kind == Requests::Kind::bad_token;
  ++counts_.recipients;
  if (recipient.is_invalid() && may_refuse) return replies::invalid_address();
  recipient.exemption = exemption(recipient.key, snapshot_->config.our_domains);
  if (recipient.exemption == Exemption::none) {
    recipient.spellings = spellings(recipient.key, made_of_it, snapshot_->config.addresses);
    if (snapshot_->needs_destinations) recipient.destination = lookup_key(made_of_it);
    // Sendmail says no more than "ann" of its local users.
    if (recipient.destination.status != KeyStatus::ok) recipient.destination = recipient.key;
  }
  Reply reply = decides_at_recipient_ && !recipient.is_invalid() ? look_up_now(recipient, mta)
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
  if (verdict.listing) meters().opted_out(verdict.listing->set);
  recipient.would_be_gone = !enforces();
  if (verdict.listing && guarding_.is_on()) refused_.push_back(recipient.person());
  return enforces() ? replies::refusal(candidates(), verdict) : Reply::proceed();
}

// Without its header a message belongs to the stream that takes the rest. While somebody is let in,
// it is not over: she would count only once it comes to its end.
void Transaction::give_up(Mta& mta) {
  if (refused_.empty() || has_recipients()) return;
  guarding_.note_opted_out(*candidates().back(), std::exchange(refused_, {}), !enforces(), facts_,
                           mta);
}

Reply Transaction::data(Mta& mta) {
  if (nothing_can_change()) return finish(Reply::accept(), {Verdict::accept(), {}}, mta);
  look_ahead();
  return Reply::proceed();
}

void Transaction::look_ahead() {
  // Of a null sender the header may well say that nobody need be asked about.
  if (decides_at_recipient_ || envelope_.null_sender || recipients_.size() > kAskedAtOnce ||
      ahead_.sets.empty()) {
    return;
  }
  // What the guard is to be asked at the end takes a few people along: one round trip in all.
  if (recipients_.size() <= kAskedWithTheGuard && guarding_.may_count(candidates())) return;
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
  if (!decides_at_recipient_ || !ahead_.complete || spoilt_ || !requests_.empty() ||
      requests_.bad_tokens() > 0 || needs_headers(candidates(), envelope_) ||
      guarding_.may_count(candidates())) {
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
  offer_.header(name, value);
  requests_.header(name, value);
  guarding_.header(name, value);
}

void Transaction::choose_stream() {
  if (selection_.decided()) return;
  selection_.end_of_headers(headers_);
  facts_.stream = names(candidates());
  facts_.monitor = all_monitor(candidates());
}

}  // namespace optout

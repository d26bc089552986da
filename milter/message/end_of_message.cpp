// The end of a message: what the Transaction does once the header is complete.

#include "log/log.h"
#include "message/annotation.h"
#include "message/envelope_edit.h"
#include "message/replies.h"
#include "message/transaction.h"

#include <algorithm>
#include <utility>

namespace optout {

Reply Transaction::objection() const {
  if (spoilt_) return replies::internal_error();
  if (sent_away_) return replies::shutting_down();
  if (too_many_) return replies::too_many_recipients_in_message();
  const bool nobody = std::all_of(recipients_.begin(), recipients_.end(),
                                  [](const Recipient& r) { return r.is_invalid(); });
  if (nobody && !recipients_.empty()) return replies::invalid_address();
  return Reply::proceed();
}

Reply Transaction::end_of_message(Mta& mta) {
  choose_stream();
  if (Reply taken = take_requests(mta); taken.kind() != Reply::Kind::proceed) return taken;
  Reply reply = decide(mta);
  if (reply.refuses() || requests_.take_off_envelope(mta)) return reply;
  message_log::warning(mta, facts_, "the MTA does not let the message be changed: deferred");
  return replies::internal_error();
}

// Whatever becomes of the message, they are recorded first; and in every mode, as this is no mail
// of ours to somebody, but somebody's to us.
Reply Transaction::take_requests(Mta& mta) {
  counts_.requests = requests_.count();
  counts_.bad_tokens = requests_.bad_tokens();
  const bool discards = stream().bad_token == BadToken::discard && enforces();
  if (discards) {
    std::erase_if(recipients_, [&](const Recipient& recipient) {
      if (recipient.bad_token) requests_.swallow(recipient.as_given);
      return recipient.bad_token;
    });
  }
  if (requests_.swallowed() == 0) return Reply::proceed();
  if (spoilt_) return replies::internal_error();
  const std::string author = headers_.from().value_or(facts_.sender);
  if (!requests_.record(author, discards, facts_, mta)) return replies::not_recorded();
  if (!recipients_.empty() || requests_.passes_on() || too_many_) return Reply::proceed();
  message_log::swallowed(mta, facts_, counts_);
  return Reply::discard();
}

Reply Transaction::decide(Mta& mta) {
  if (Reply objected = objection(); enforces() && objected.refuses()) {
    message_log::warning(mta, facts_, "message refused: " + objected.to_string());
    return objected;
  }
  // Reports and answers go to one recipient each (RFC 3464 2, RFC 3834 4): what has more is
  // looked up and counted, whatever it calls itself.
  const Exemption exempt =
      recipients_.size() == 1 ? exemption(envelope_, headers_) : Exemption::none;
  if (exempt != Exemption::none && stream().recipients_only.empty()) {
    return finish(Reply::proceed(), {Verdict::exempt(exempt), {}}, mta);
  }
  if (const std::string_view why = headers_.why_no_list(); !why.empty()) {
    message_log::warning(mta, facts_,
                         std::string(why) + ": opt-outs from a list cannot be looked up");
  }
  const std::vector<Recipient*> recipients = still_in_message();
  if (exempt != Exemption::none) {
    for (Recipient* recipient : recipients)
      recipient->spellings = {};  // of no interest: only who may be mailed at all
  }
  std::optional<GuardCheck> guard = guard_check(exempt, recipients, mta);
  if (!guard) note_refused(mta);
  MessageVerdict verdict = judge_message(stream(), headers_.list_id(), ask(recipients, guard));
  if (exempt != Exemption::none && verdict.message.action == Action::accept)
    verdict.message = Verdict::exempt(exempt);
  if (guard) tell_guard(*guard, verdict, recipients);
  const auto fields = exempt == Exemption::none ? plan_fields(verdict, recipients) : std::nullopt;
  if (guard) guarding_.judge(*guard, verdict, facts_, mta);
  return carry_out(verdict, recipients, fields, mta);
}

// Who sends reports and answers is not sending bulk.
std::optional<GuardCheck> Transaction::guard_check(Exemption exempt,
                                                   std::span<Recipient* const> recipients,
                                                   Mta& mta) const {
  const auto is_exempt = [](const Recipient* recipient) {
    return recipient->exemption != Exemption::none;
  };
  if (exempt != Exemption::none || std::all_of(recipients.begin(), recipients.end(), is_exempt)) {
    return std::nullopt;
  }
  const bool adds = stream().list_unsubscribe != ListUnsubscribe::keep && snapshot_->unsubscribe &&
                    recipients.size() == 1;
  return guarding_.check(stream(), adds || offer_.has_way_out({}), facts_.monitor, mta);
}

// Where the message itself is not counted, as nobody is left who could be.
void Transaction::note_refused(Mta& mta) {
  if (refused_.empty()) return;
  guarding_.note_opted_out(stream(), std::exchange(refused_, {}), !enforces(), facts_, mta);
}

// Of everybody as they are, whatever else the message is refused for.
void Transaction::tell_guard(GuardCheck& guard, const MessageVerdict& verdict,
                             std::span<Recipient* const> recipients) {
  std::vector<Person> stay;
  std::vector<Person> opted_out = std::exchange(refused_, {});
  for (std::size_t i = 0; i < recipients.size(); ++i) {
    if (recipients[i]->exemption != Exemption::none) continue;
    const Verdict* const each = i < verdict.recipients.size() ? &verdict.recipients[i] : nullptr;
    if (each != nullptr && each->barred) continue;
    const bool is_out = each != nullptr && each->listing && each->action != Action::tag;
    if (is_out) opted_out.push_back(recipients[i]->person());
    if (!is_out && !guard.was_asked()) stay.push_back(recipients[i]->person());
  }
  if (guard.was_asked()) {
    guard.ask_alone();
    guard.leave_out(opted_out);
  } else {
    guard.ask(std::move(stay), std::move(opted_out));
    guard.ask_alone();
  }
}

std::optional<FieldPlan> Transaction::plan_fields(MessageVerdict& verdict,
                                                  std::span<Recipient* const> recipients) const {
  if (verdict.message.action == Action::reject || verdict.message.action == Action::defer)
    return std::nullopt;
  const bool offers = stream().list_unsubscribe != ListUnsubscribe::keep;
  // Not in mail of streams that have nothing to do with lists: strangers may write anything there.
  if (!offers && !stream().does_honour("list")) return std::nullopt;
  const auto scope = offer_.scope(*snapshot_, stream(), headers_.list_id());
  if (!offers) return std::nullopt;
  const Recipient* only = nullptr;
  std::size_t left = requests_.count();
  bool all_exempt = true;
  for (std::size_t i = 0; i < recipients.size(); ++i) {
    if (verdict.recipients[i].action == Action::strip) continue;
    // One mailbox may be named twice, in one spelling or another.
    if (only == nullptr || only->mailbox() != recipients[i]->mailbox()) ++left;
    only = recipients[i];
    all_exempt = all_exempt && only->exemption != Exemption::none;
  }
  const bool is_one = left == 1 && !all_exempt;
  const std::string_view address = is_one && enforces() ? only->mailbox() : std::string_view();
  auto [plan, fault] = offer_.plan(*snapshot_, stream(), scope, address);
  const bool would_offer = is_one && !enforces();
  if (stream().list_unsubscribe != ListUnsubscribe::require || all_exempt || would_offer ||
      offer_.has_way_out(plan)) {
    return std::move(plan);
  }
  if (!fault) {
    verdict = {.message = Verdict::lack_of_way_out(), .recipients = {}};
    if (enforces()) meters().no_way_out();
  } else if (stream().on_outage == OnOutage::defer) {
    verdict = {.message = Verdict::defer(*fault), .recipients = {}};
  }
  return std::move(plan);
}

std::vector<Recipient*> Transaction::still_in_message() {
  std::vector<Recipient*> found;
  for (Recipient& recipient : recipients_) {
    if (!recipient.would_be_gone && !is_to_go(recipient)) found.push_back(&recipient);
  }
  return found;
}

std::vector<Standing> Transaction::ask(std::span<Recipient* const> recipients,
                                       std::optional<GuardCheck>& guard) {
  std::vector<Standing> standings(recipients.size());
  std::vector<std::size_t> places;  // of those to ask about
  std::vector<Spellings> asked;
  bool all_known = true;
  for (std::size_t i = 0; i < recipients.size(); ++i) {
    Recipient& recipient = *recipients[i];
    const bool exempt = recipient.exemption != Exemption::none;
    standings[i].may_be_mailed = exempt || may_be_mailed(stream(), recipient.destination);
    if (recipient.spellings.members.empty()) continue;
    places.push_back(i);
    asked.push_back(std::move(recipient.spellings));  // nobody asks twice at the end
    Answer listed = recipient.known ? *std::move(recipient.known) : Answer();
    const auto doubts = std::erase_if(listed, [](const Listing& l) { return l.doubt.has_value(); });
    all_known = all_known && recipient.known && doubts == 0;
    standings[i].listed = std::move(listed);  // that counts, whatever cannot be told now
  }
  // Where one has to be asked about everything, all are: that is still one round trip.
  const std::span<const SetName> asked_before =
      all_known ? std::span<const SetName>(ahead_.sets) : std::span<const SetName>();
  const std::vector<SetName> sets = sets_at_end(stream(), asked_before, headers_.list_id());
  if (sets.empty() || asked.empty()) return standings;
  if (guard) {
    std::vector<Person> people;
    for (std::size_t i = 0; i < recipients.size(); ++i) {
      const bool counts = recipients[i]->exemption == Exemption::none && standings[i].may_be_mailed;
      if (counts) people.push_back(recipients[i]->person());
    }
    guard->ask(std::move(people), std::exchange(refused_, {}));
  }
  redis::Companion* along = guard ? &*guard : nullptr;
  for (std::size_t from = 0; from < asked.size(); from += kAskedAtOnce) {
    const std::size_t count = std::min(kAskedAtOnce, asked.size() - from);
    auto found = snapshot_->store->find(std::span(asked).subspan(from, count), sets,
                                        FetchEvidence::at_once, std::exchange(along, nullptr));
    for (std::size_t i = 0; i < count; ++i) {
      Standing& standing = standings[places[from + i]];
      if (!found) {
        standing.fault = found.error();
      } else {
        std::move((*found)[i].begin(), (*found)[i].end(), std::back_inserter(standing.listed));
      }
    }
  }
  return standings;
}

Reply Transaction::carry_out(const MessageVerdict& verdict, std::span<Recipient* const> recipients,
                             const std::optional<FieldPlan>& fields, Mta& mta) {
  const Verdict& message = verdict.message;
  if (message.action == Action::defer) {
    const Reply deferred = message.overrun     ? replies::over_limit(message)
                           : message.uncounted ? replies::cannot_count()
                                               : replies::cannot_tell();
    return finish(enforces() ? deferred : Reply::proceed(), verdict, mta);
  }
  if (message.action == Action::accept) note_unchecked(verdict, recipients, mta);
  bool done = true;
  for (std::size_t i = 0; i < verdict.recipients.size(); ++i)
    done = carry_out_on(*recipients[i], verdict.recipients[i], mta) && done;
  for (const Recipient& recipient : recipients_) {
    if (is_to_go(recipient) && message.action != Action::reject)
      done = carry_out_on(recipient, Verdict::no_such_address(), mta) && done;
  }
  done = edit_message(verdict, fields, mta) && done;
  if (!done) {
    message_log::warning(mta, facts_, "the MTA does not let the message be changed: deferred");
    count({Verdict::defer({Fault::internal, "the MTA does not let the message be changed"}), {}});
    return replies::internal_error();
  }
  const bool refuses = message.action == Action::reject && enforces();
  return finish(refuses ? replies::refusal(candidates(), message) : Reply::proceed(), verdict, mta);
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
  return !enforces() || take_off_envelope(recipient.as_given, mta);
}

bool Transaction::edit_message(const MessageVerdict& verdict,
                               const std::optional<FieldPlan>& fields, Mta& mta) {
  if (!enforces()) return true;
  if (fields && verdict.message.action != Action::reject) {
    meters().list_fields(fields->outcome);
    counts_.fields = fields->outcome;
    for (const FieldEdit& edit : fields->edits) {
      const bool done = edit.remove > 0 ? mta.remove_header(edit.name.data(), edit.remove)
                                        : mta.add_header(edit.name.data(), edit.value);
      if (!done) return false;
    }
  }
  const bool holds = verdict.message.action == Action::hold;
  if (!holds && counts_.tagged == 0) return true;
  const std::string text = annotation(verdict, stream());
  if (!holds) return mta.add_header("X-Optout", text);
  return mta.add_header("X-Optout-Hold", text) && mta.hold(text);
}

Reply Transaction::finish(Reply reply, const MessageVerdict& verdict, Mta& mta) {
  const auto& list_id = headers_.list_id();
  message_log::summary(mta, facts_, counts_, verdict.message,
                       list_id ? std::string_view(*list_id) : std::string_view());
  count(verdict);
  return reply;
}

// Once for each recipient who was not counted at RCPT, and once for the message. Who has not opted
// out of a message that is refused or held as a whole shares its fate.
void Transaction::count(const MessageVerdict& verdict) const {
  const bool refused = verdict.message.action == Action::reject;
  for (const Recipient& recipient : recipients_) {
    if (is_to_go(recipient) && !verdict.recipients.empty())
      meters().recipients(refused ? Action::reject : Action::strip);
  }
  for (const Verdict& recipient : verdict.recipients) {
    const bool shares = recipient.action == Action::accept;
    meters().recipients(shares ? verdict.message.action : recipient.action);
    if (recipient.listing) meters().opted_out(recipient.listing->set);
  }
  if (verdict.recipients.empty()) {  // all fare alike
    const auto left = std::count_if(recipients_.begin(), recipients_.end(),
                                    [](const Recipient& r) { return !r.would_be_gone; });
    meters().recipients(verdict.message.action, static_cast<std::uint64_t>(left));
  }
  meters().message(verdict.message.action);
}

}  // namespace optout

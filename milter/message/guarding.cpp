#include "message/guarding.h"

#include "address/ascii.h"
#include "message/guard_service.h"
#include "util/hash64.h"
#include "util/structured_field.h"

#include <algorithm>

namespace optout {
namespace {

bool goes_out(const Verdict& verdict) noexcept {
  return verdict.action == Action::accept || verdict.action == Action::tag;
}

Action action_of(Step step) noexcept {
  switch (step) {
    case Step::warn:
      break;
    case Step::hold:
      return Action::hold;
    case Step::defer:
      return Action::defer;
    case Step::reject:
      return Action::reject;
  }
  return Action::accept;
}

std::string action_word(const GuardCheck& check, Step step) {
  const bool would = check.monitored() && step != Step::warn;
  return std::string(would ? "would-" : "").append(to_string(step));
}

bool uses_shares(const Limits& limits) {
  return std::any_of(limits.begin(), limits.end(),
                     [](const Limit& limit) { return limit.kind == LimitKind::opted_out; });
}

}  // namespace

Guarding::Guarding(const Snapshot& snapshot, const Sending& sending) : snapshot_(snapshot) {
  if (snapshot.guard) identity_ = identity_of(sending, snapshot.guard->guard.options().identity);
}

void Guarding::header(std::string_view name, std::string_view value) {
  if (!snapshot_.guard) return;
  std::uint64_t* const which = ascii::same_ignoring_case(name, "From")      ? &from_
                               : ascii::same_ignoring_case(name, "Subject") ? &subject_
                               : ascii::same_ignoring_case(name, "List-Id") ? &list_id_
                                                                            : nullptr;
  if (which != nullptr && *which == 0) *which = hash64(without_space_around(value));
}

std::uint64_t Guarding::print() const noexcept {
  return from_ ^ (subject_ * 3) ^ (list_id_ * 5);
}

bool Guarding::may_count(Candidates candidates) const {
  if (!snapshot_.guard) return false;
  return std::any_of(candidates.begin(), candidates.end(), [&](const Stream* stream) {
    return snapshot_.guard->guard.limits_of(identity_, stream->guard) != nullptr;
  });
}

std::optional<GuardCheck> Guarding::check(const Stream& stream, bool offers_way_out, bool monitored,
                                          Mta& mta) const {
  if (!snapshot_.guard) return std::nullopt;
  Guard& guard = snapshot_.guard->guard;
  auto plan = guard.plan(identity_, stream.name, stream.guard);
  if (!plan) return std::nullopt;
  return std::optional<GuardCheck>(std::in_place, guard, std::move(plan),
                                   GuardedMessage{.print = print(),
                                                  .has_list_unsubscribe = offers_way_out,
                                                  .id = std::string(mta.macro("i"))},
                                   monitored || guard.options().mode == GuardMode::monitor);
}

void Guarding::note_opted_out(const Stream& stream, std::vector<Person> people, bool monitored,
                              const MessageFacts& facts, Mta& mta) const {
  if (!snapshot_.guard) return;
  const Limits* const limits = snapshot_.guard->guard.limits_of(identity_, stream.guard);
  if (limits == nullptr || !uses_shares(*limits)) return;
  auto noted = check(stream, false, monitored, mta);
  if (!noted) return;
  noted->ask({}, std::move(people));
  noted->ask_alone();
  const auto said = noted->answer();
  if (!said) return;  // the message itself will find out, too, and say so
  noted->put_down(*said, true);
  tell(*noted, facts, mta);
}

void Guarding::judge(GuardCheck& check, MessageVerdict& verdict, const MessageFacts& facts,
                     Mta& mta) const {
  const auto said = check.answer();
  if (!said) return cannot_tell(check, said.error(), verdict, facts, mta);
  const bool may_add = goes_out(verdict.message) || verdict.message.action == Action::hold;
  // Mail that nobody gets anyway passes no limit, but for shares: those are of whom it was meant
  // for.
  const auto is_of_nobody = [&](std::size_t index) {
    return !may_add && check.limit(index).kind != LimitKind::opted_out;
  };
  GuardVerdict noted = *said;
  std::erase_if(noted.trips, is_of_nobody);
  std::erase_if(noted.warnings, is_of_nobody);
  check.put_down(noted, goes_out(verdict.message));
  tell(check, facts, mta);
  if (!said->stops() || !may_add) return;
  const Limit& limit = check.limit(*said->limit);
  const std::string action = action_word(check, *said->step);
  snapshot_.guard->meters.message(action);
  if (check.monitored()) {
    message_log::guarded(mta, facts, check.sender().name, limit, action);
    return;
  }
  verdict.message = Verdict::over_limit(
      action_of(*said->step),
      {.limit = limit.name(), .amount = amount_text(limit), .sender = check.sender().name});
  if (*said->step != Step::hold) verdict.recipients.clear();
}

void Guarding::tell(const GuardCheck& check, const MessageFacts& facts, Mta& mta) const {
  const GuardMeters& meters = snapshot_.guard->meters;
  for (const TripNote& note : check.trips()) {
    const std::string action = std::string(note.trip.monitored ? "would-" : "") + note.trip.step;
    meters.trip(note.kind, action);
    message_log::trip(mta, facts, check.sender().name, note, action);
    const Guard& guard = snapshot_.guard->guard;
    if (guard.options().notify.empty() || !snapshot_.notifier) continue;
    snapshot_.notifier->notify({.sender = check.sender().name,
                                .note = note,
                                .relay = guard.relay(),
                                .address = guard.options().notify},
                               guard.options().notify_via);
  }
  for (const WarningNote& note : check.warnings()) {
    meters.trip(note.kind, "near");
    message_log::near(mta, facts, check.sender().name, note);
  }
  if (check.trouble()) {
    message_log::warning(mta, facts,
                         "the guard cannot put down what it found: " + check.trouble()->detail);
  }
}

void Guarding::cannot_tell(const GuardCheck& check, const Error& error, MessageVerdict& verdict,
                           const MessageFacts& facts, Mta& mta) const {
  // Of mail that is kept back already there is nothing to tell.
  if (!goes_out(verdict.message) && verdict.message.action != Action::hold) return;
  const Guard& guard = snapshot_.guard->guard;
  const bool defers = guard.options().on_outage == GuardOutage::defer && !check.monitored();
  message_log::uncounted(mta, facts, check.sender().name, error,
                         defers ? Action::defer : verdict.message.action);
  snapshot_.guard->meters.unchecked();
  if (defers) verdict = {.message = Verdict::uncounted_sender(error), .recipients = {}};
}

}  // namespace optout

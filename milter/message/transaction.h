// One message, from MAIL to its end: collects its recipients, asks about them, carries out the
// verdict.
//
// Knows SMTP and policy, but neither libmilter nor Redis. Lives from MAIL until the message is
// decided or aborted; nothing of it survives into the next one (SC-16).
//
// Threads: calls come one after the other, but each may come on another thread (libmilter's worker
// pool).

#pragma once

#include "message/activity.h"
#include "message/guarding.h"
#include "message/list_offer.h"
#include "message/message_log.h"
#include "message/mta.h"
#include "message/recipient.h"
#include "message/reply.h"
#include "message/requests.h"
#include "message/snapshot.h"
#include "policy/header_facts.h"
#include "policy/known_sets.h"
#include "policy/policy.h"
#include "policy/stream_selector.h"

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace optout {

// More recipients in one message than any MTA takes by default; a bound on memory, not a policy.
inline constexpr std::size_t kMostRecipients = 50'000;

// So many are asked about in one round trip, which Redis answers in a fraction of the deadline.
// Only messages that no MTA takes by default are longer; then each round trip has a deadline of its
// own.
inline constexpr std::size_t kAskedAtOnce = 5'000;

// So few are asked about at the end of the message rather than before it, where the bulk guard has
// to be asked then. Of more, those who have opted out are better known beforehand: the guard would
// count them, if only until it is told.
inline constexpr std::size_t kAskedWithTheGuard = 10;

struct MailFacts {
  std::string sender;  // as given; "<>" or "" is the null sender
  std::string auth;
  std::string client;
  std::string listener;
  std::string session_id;
  bool pickup = false;              // came by sendmail(1) or the like
  bool recipients_answered = true;  // whether RCPT was negotiated to have a reply
};

class Transaction {
public:
  Transaction(std::shared_ptr<const Snapshot> snapshot, MailFacts facts, Activity& activity);

  Reply recipient(std::string_view as_given, Mta& mta);
  // At DATA; accept where nothing can change any more, and the content need not come to us. Else
  // the recipients who wait for the end of the message are asked about now, before the content or
  // while it is on its way, so that the final dot waits for the list's set at most.
  Reply data(Mta& mta);
  // At DATA, where it was negotiated to have no reply.
  void look_ahead();
  void header(std::string_view name, std::string_view value);
  Reply end_of_message(Mta& mta);

  // The client gave it up before its end, as it does where everybody was refused.
  void give_up(Mta& mta);

  // Something went wrong where no answer was possible: the message will be deferred at its end.
  void spoil() noexcept { spoilt_ = true; }

  // Streams this message may still belong to; one, once end_of_message() was called.
  Candidates candidates() const noexcept { return selection_.candidates(); }
  // Whether somebody was let in whose fate only the end of the message decides.
  bool has_recipients() const noexcept { return !recipients_.empty() || !requests_.empty(); }

private:
  Reply look_up_now(Recipient& recipient, Mta& mta);
  Reply carry_out_at_recipient(Recipient& recipient, const Verdict& verdict, Mta& mta);
  bool nothing_can_change() const;

  // The header is complete: one stream is left, and its rules are the message's.
  void choose_stream();
  // Records what unsubscribe addresses ask for, and says whether anything is left to be decided.
  Reply take_requests(Mta& mta);
  Reply decide(Mta& mta);
  // What is wrong with the message whatever the store says; proceed if nothing.
  Reply objection() const;
  std::vector<Recipient*> still_in_message();
  // Asks whatever was not answered before, in one round trip: the final dot waits for no more.
  // What the bulk guard is to be asked travels along.
  std::vector<Standing> ask(std::span<Recipient* const> recipients,
                            std::optional<GuardCheck>& guard);
  // Nothing where this message is not counted.
  std::optional<GuardCheck> guard_check(Exemption exempt, std::span<Recipient* const> recipients,
                                        Mta& mta) const;
  void note_refused(Mta& mta);
  void tell_guard(GuardCheck& guard, const MessageVerdict& verdict,
                  std::span<Recipient* const> recipients);
  // The List-Unsubscribe fields of a message with this verdict; nothing where they are none of our
  // business. Where there will be none, and the stream requires one, `verdict` becomes what that
  // means.
  std::optional<FieldPlan> plan_fields(MessageVerdict& verdict,
                                       std::span<Recipient* const> recipients) const;
  Reply carry_out(const MessageVerdict& verdict, std::span<Recipient* const> recipients,
                  const std::optional<FieldPlan>& fields, Mta& mta);
  void note_unchecked(const MessageVerdict& verdict, std::span<Recipient* const> recipients,
                      Mta& mta);
  bool carry_out_on(const Recipient& recipient, const Verdict& verdict, Mta& mta);
  bool edit_message(const MessageVerdict& verdict, const std::optional<FieldPlan>& fields,
                    Mta& mta);
  Reply finish(Reply reply, const MessageVerdict& verdict, Mta& mta);
  void count(const MessageVerdict& verdict) const;

  const Stream& stream() const noexcept { return *candidates().front(); }
  // Where several streams can still win, the first one counts, as its reply does; where something
  // is decided then, all of them enforce, or none.
  const StreamMeters& meters() const noexcept { return snapshot_->meters_of(stream()); }
  bool enforces() const noexcept { return !facts_.monitor; }
  // No address, but RCPT could not say so: taken off at the end, where somebody else is left.
  bool is_to_go(const Recipient& recipient) const noexcept {
    return recipient.is_invalid() && enforces();
  }

  const std::shared_ptr<const Snapshot> snapshot_;
  const Activity::Ticket ticket_;
  const bool sent_away_;  // began while we were stopping
  const Envelope envelope_;
  Selection selection_;
  const bool decides_at_recipient_;
  const bool answers_recipients_;
  MessageFacts facts_;
  const SetsToAsk of_several_;  // candidates; empty where there is but one
  const SetsToAsk& ahead_;      // what is asked before the header is known
  MessageCounts counts_;
  HeaderFacts headers_;
  ListOffer offer_;
  Guarding guarding_;
  Requests requests_;
  std::vector<Recipient> recipients_;  // those not refused at RCPT
  std::vector<Person> refused_;        // at RCPT for having opted out, and not counted yet
  bool too_many_ = false;
  bool spoilt_ = false;
};

}  // namespace optout

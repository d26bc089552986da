// One message, from MAIL to its end: collects its recipients, asks about them, carries out the
// verdict.
//
// Knows SMTP and policy, but neither libmilter nor Redis. Lives from MAIL until the message is
// decided or aborted; nothing of it survives into the next one (SC-16).
//
// Threads: calls come one after the other, but each may come on another thread (libmilter's worker
// pool).

#pragma once

#include "policy/header_facts.h"
#include "policy/policy.h"
#include "session/activity.h"
#include "session/message_log.h"
#include "session/mta.h"
#include "session/recipient.h"
#include "session/reply.h"
#include "session/snapshot.h"

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace optout {

// More recipients in one message than any MTA takes by default; a bound on memory, not a policy.
inline constexpr std::size_t kMostRecipients = 50'000;

struct MailFacts {
  std::string sender;  // as given; "<>" or "" is the null sender
  std::string sasl;
  std::string session_id;
  bool pickup = false;              // came by sendmail(1) or the like
  bool recipients_answered = true;  // whether RCPT was negotiated to have a reply
};

class Transaction {
public:
  Transaction(std::shared_ptr<const Snapshot> snapshot, MailFacts facts, Activity& activity);

  Reply recipient(std::string_view as_given, Mta& mta);
  // At DATA; accept where nothing can change any more, and the content need not come to us.
  Reply data(Mta& mta);
  void header(std::string_view name, std::string_view value) { headers_.add(name, value); }
  Reply end_of_message(Mta& mta);

  // Something went wrong where no answer was possible: the message will be deferred at its end.
  void spoil() noexcept { spoilt_ = true; }

private:
  Reply look_up_now(Recipient& recipient, Mta& mta);
  Reply carry_out_at_recipient(Recipient& recipient, const Verdict& verdict, Mta& mta);

  // What is wrong with the message whatever the store says; proceed if nothing.
  Reply objection() const;
  std::vector<Recipient*> still_in_message();
  // Asks about all of them in one round trip; exempt ones are "not listed".
  Result<std::vector<Answer>> ask(std::span<Recipient* const> recipients);
  Reply carry_out(const MessageVerdict& verdict, std::span<Recipient* const> recipients, Mta& mta);
  bool take_off_envelope(const Recipient& recipient, Mta& mta);
  Reply finish(Reply reply, const Verdict& verdict, Mta& mta);
  bool enforces() const { return snapshot_->enforces(); }

  const std::shared_ptr<const Snapshot> snapshot_;
  const Stream& stream_;
  const Activity::Ticket ticket_;
  const bool sent_away_;  // began while we were stopping
  const Envelope envelope_;
  const bool decides_at_recipient_;
  const bool answers_recipients_;
  MessageFacts facts_;
  MessageCounts counts_;
  HeaderFacts headers_;
  std::vector<Recipient> recipients_;  // those not refused at RCPT
  bool too_many_ = false;
  bool spoilt_ = false;
};

}  // namespace optout

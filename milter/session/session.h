// One connection of an MTA, and the message that is under way on it.
//
// Two lifetimes: what is known of the connection lives until close, the Transaction from MAIL until
// the message is decided or aborted. Aborts may come twice or never; both are fine.
//
// Threads: one call at a time, each perhaps on another thread.

#pragma once

#include "session/activity.h"
#include "session/mta.h"
#include "session/reply.h"
#include "session/snapshot.h"
#include "session/transaction.h"

#include <optional>
#include <string>
#include <string_view>

namespace optout {

class Session {
public:
  // Borrows both, which must outlive the session. `recipients_answered`: whether RCPT was
  // negotiated to have a reply.
  Session(const CurrentSnapshot& snapshot, Activity& activity, bool recipients_answered);

  void mail(std::string_view sender, Mta& mta);
  Reply recipient(std::string_view as_given, Mta& mta);
  Reply data(Mta& mta);
  void header(std::string_view name, std::string_view value);
  Reply end_of_message(Mta& mta);
  void abort() noexcept { transaction_.reset(); }

  // An exception was caught in a call that has no reply: the message must not go out as if all were
  // well.
  void spoil() noexcept;

private:
  const CurrentSnapshot& snapshot_;
  Activity& activity_;
  const Activity::Ticket ticket_;
  const bool recipients_answered_;
  const std::string id_;
  std::optional<Transaction> transaction_;
  bool spoilt_ = false;  // MAIL itself failed: there is no transaction to spoil
};

}  // namespace optout

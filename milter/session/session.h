// One connection of an MTA, and the message that is under way on it.
//
// Two lifetimes: what is known of the connection lives until close, the Transaction from MAIL until
// the message is decided or aborted. Aborts may come twice or never; both are fine.
//
// Threads: one call at a time, each perhaps on another thread.

#pragma once

#include "message/activity.h"
#include "message/mta.h"
#include "message/reply.h"
#include "message/snapshot.h"
#include "message/transaction.h"
#include "session/content_watch.h"

#include <optional>
#include <string>
#include <string_view>

namespace optout {

class Session {
public:
  // Borrows all, which must outlive the session. `recipients_answered`: whether RCPT was
  // negotiated to have a reply.
  Session(const CurrentSnapshot& snapshot, Activity& activity, ContentWatch& content_watch,
          bool recipients_answered);
  // Also in mid-message: libmilter does not tell what the MTA said right before it hung up.
  ~Session();
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  void mail(std::string_view sender, Mta& mta);
  Reply recipient(std::string_view as_given, Mta& mta);
  Reply data(Mta& mta);
  // DATA was said, and we were not asked.
  void content_follows();
  void header(std::string_view name, std::string_view value);
  Reply end_of_message(Mta& mta);
  // With or without a message in progress.
  void abort(Mta& mta);

  // An exception was caught in a call that has no reply: the message must not go out as if all were
  // well.
  void spoil() noexcept;

private:
  void note_missed_content();

  const CurrentSnapshot& snapshot_;
  Activity& activity_;
  const Activity::Ticket ticket_;
  const bool recipients_answered_;
  const std::string id_;
  ContentWatch& content_watch_;
  std::string listener_;  // what the MTA calls the service that took the message
  std::optional<Transaction> transaction_;
  bool content_due_ = false;   // DATA was said
  bool content_seen_ = false;  // and some of the content has come
};

}  // namespace optout

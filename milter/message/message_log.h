// The log lines of one message: one for each recipient refused, stripped, held or tagged, and one
// summary.
//
// "4XyZ1k2l3m: action=strip, to=<eve@example.org>, set=list:news.example.com, since=2026-03-02,
// source=one_click, stream=newsletters, from=<…>, sasl=crm, sid=7f3a1c": queue id first, as Postfix
// does, then key=value. Words and keys are documented in optout-milter(8), and programs rely on
// them.

#pragma once

#include "guard/guard_check.h"
#include "message/mta.h"
#include "policy/stream_selector.h"
#include "policy/verdict.h"
#include "unsubscribe/field_edits.h"
#include "unsubscribe/unsubscriber.h"

#include <string>
#include <string_view>

namespace optout {

// What every line of a message says about it. Borrowed for the time of a call.
struct MessageFacts {
  std::string sender;  // as given at MAIL
  std::string sasl;    // {auth_authen}; empty where nobody logged in
  std::string session_id;
  std::string stream;    // what names() says of the streams it may belong to
  bool monitor = false;  // then action=would-reject, and so on
};

struct MessageCounts {
  unsigned recipients = 0;  // offered at RCPT
  unsigned refused = 0;     // at RCPT, for an opt-out
  unsigned stripped = 0;
  unsigned deferred = 0;  // at RCPT
  unsigned unchecked = 0;
  unsigned held = 0;
  unsigned tagged = 0;
  unsigned requests = 0;    // to unsubscribe; these are no recipients
  unsigned bad_tokens = 0;  // of the recipients
  FieldsOutcome fields = FieldsOutcome::kept;
};

// "newsletters", or "receipts|newsletters|default" while several streams can still win; of many,
// the first ones and "|...".
std::string names(Candidates candidates);

namespace message_log {

// What became of a recipient. An accepted one about whom there is nothing to say is logged only
// where more was asked for (-v).
void recipient(Mta& mta, const MessageFacts& facts, std::string_view address,
               const Verdict& verdict);

// The message as a whole, once, when it is decided.
void summary(Mta& mta, const MessageFacts& facts, const MessageCounts& counts,
             const Verdict& verdict, std::string_view list_id);

// The same where there was nobody but unsubscribe addresses.
void swallowed(Mta& mta, const MessageFacts& facts, const MessageCounts& counts);

// A request to unsubscribe, recorded or not, and whom it was about. Its token is not shown (AT-06).
void unsubscribed(Mta& mta, const MessageFacts& facts, const Token& token,
                  const Unsubscribed& done);
void not_recorded(Mta& mta, const MessageFacts& facts, const Token& token, const Error& why);

// A limit of the bulk guard that this message was the first to pass: once a window, with what to
// type to let the sender go on.
void trip(Mta& mta, const MessageFacts& facts, std::string_view sender, const TripNote& note,
          std::string_view action);
// ... or to come near.
void near(Mta& mta, const MessageFacts& facts, std::string_view sender, const WarningNote& note);
// What monitor mode would have done with this message beyond a limit.
void guarded(Mta& mta, const MessageFacts& facts, std::string_view sender, const Limit& limit,
             std::string_view action);
// The bulk guard cannot tell.
void uncounted(Mta& mta, const MessageFacts& facts, std::string_view sender, const Error& why,
               Action action);

// Something about this message that an administrator should know.
void warning(Mta& mta, const MessageFacts& facts, std::string_view problem);

}  // namespace message_log
}  // namespace optout

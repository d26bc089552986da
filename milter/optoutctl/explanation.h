// What the milter would do with a message, step by step, without a message being sent.
//
// The message goes through the milter's own Transaction, with a notebook in place of the MTA and
// the real Redis behind it; its replies and edits are what is told. Why they came about is told by
// the same pure functions of policy/ that the Transaction asks, given the answers it was given.

#pragma once

#include "config/config.h"
#include "message/reply.h"
#include "message/snapshot.h"
#include "optoutctl/recorder.h"
#include "policy/policy.h"
#include "policy/why_not.h"

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace optout {

// The message that is asked about.
struct Message {
  std::string sender;                   // "<>" or "" is the null sender
  std::vector<std::string> recipients;  // with angle brackets or without
  std::string auth;
  std::string client;
  std::string listener;
  bool pickup = false;
  std::vector<HeaderField> header;
};

struct ExplainedStream {
  const Stream* stream;
  bool can_win = false;  // as far as MAIL says
  std::optional<Unmet> why_not{};
};

struct ExplainedRecipient {
  std::string address;  // as typed
  LookupKey key;
  std::vector<std::string> members{};  // looked up under these
  std::vector<Question> asked{};       // at RCPT
  Answer listed{};                     // all that was found
  Reply reply = Reply::proceed();      // to RCPT
  Verdict verdict{};                   // action and reason
  bool is_request = false;             // to unsubscribe: its token is good, and it gets no mail
  bool bad_token = false;              // looks like a request, but the token is none of ours
  bool with_all = false;               // shares what becomes of the message, for others' sake
  bool delivered = true;

  bool is_invalid() const noexcept {
    return key.status == KeyStatus::invalid || key.status == KeyStatus::null_sender;
  }
};

struct Explanation {
  std::shared_ptr<const Snapshot> snapshot;  // owns the streams; its store has served its time
  Message message;
  Envelope envelope;

  std::vector<ExplainedStream> streams;  // up to the one that takes whatever is left
  std::vector<const Stream*> candidates;
  bool decides_at_recipient = false;
  std::vector<ExplainedRecipient> recipients;
  std::vector<Question> asked_at_data;
  bool decided_at_data = false;

  const Stream* winner = nullptr;
  std::optional<std::string> list_id;
  std::string_view why_no_list;
  std::vector<Question> asked_at_end;

  // To the end of the message; nothing where RCPT left nobody.
  std::optional<Reply> reply;
  Verdict verdict;                                         // on the message as a whole
  std::vector<std::pair<std::string, std::string>> added;  // header fields
  std::vector<std::string> removed;                        // names of others
  std::optional<std::string> held;                         // the reason
  std::vector<OptOut> would_record;                        // what requests ask for
  bool would_count = false;  // there is a bulk guard, which is not asked

  bool monitor() const noexcept { return winner->mode == Mode::monitor; }
  bool delivered() const noexcept;  // to all
  bool deferred() const noexcept;   // for somebody
  // Why somebody's mail would wait, or go out unchecked.
  std::optional<Error> fault() const;
};

// Asks the Redis behind `redis`, and changes nothing in it. `config` is copied.
Explanation explain(const Config& config, redis::Executor& redis, Message message);

}  // namespace optout

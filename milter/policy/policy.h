// The rules: which sets a recipient is looked up in, when that is decided, and what the answer
// means.
//
// Pure functions, no I/O: facts and the store's answers in, verdicts out. A table of cases in
// tests/unit/policy reads like the documentation.
//
// clang-format off
//   at RCPT             if every stream that can still win would refuse the recipient (reject),
//                       whatever the header says: for a set that needs no header to be named
//   at end of message   everything else: strip, hold and tag, the set of the message's List-Id,
//                       streams that differ, mail that must not be refused at RCPT (pickup), and
//                       null senders, of which only the header tells bounces from bypasses
// clang-format on

#pragma once

#include "address/lookup_key.h"
#include "policy/envelope.h"
#include "policy/header_facts.h"
#include "policy/stream.h"
#include "policy/stream_selector.h"
#include "policy/verdict.h"

#include <optional>
#include <span>
#include <string>
#include <vector>

namespace optout {

// Whether recipients of such mail can be refused at RCPT: by all candidates alike, or by none.
bool decides_at_recipient(Candidates candidates, const Envelope& envelope);

// Whether mail of any of these streams can ever be refused at RCPT, so that a reply there is worth
// its round trip.
bool can_refuse_at_recipient(std::span<const Stream> streams);

// Whether the header must be seen although a recipient is in none of the sets that were asked at
// RCPT: a field can still change what becomes of her, or one is to be added, which is possible only
// at the end of the message.
bool needs_headers(Candidates candidates, const Envelope& envelope);

// The sets that the stream honours in a message of this list, in its order, but for those that were
// asked before.
std::vector<SetName> sets_at_end(const Stream& stream, std::span<const SetName> asked_before,
                                 const std::optional<std::string>& list_id);

// Whether this recipient is never looked up: the bare postmaster, and postmaster@ and abuse@ at
// domains of ours (RFC 5321 4.5.1, RFC 2142), whose mail must arrive.
Exemption exemption(const LookupKey& recipient, std::span<const std::string> our_domains);

// A bounce or an automatic answer: null sender, and the header says so (SC-15). A null sender alone
// is not enough, or every application could opt out of opt-outs. Nor is it where there are several
// recipients, of whom nothing is known here.
Exemption exemption(const Envelope& envelope, const HeaderFacts& headers);

// Whether the stream may mail this recipient at all (recipients_only), opted out or not.
bool may_be_mailed(const Stream& stream, const LookupKey& recipient);

// One recipient, as far as it is known.
struct Standing {
  bool may_be_mailed = true;
  Answer listed{};               // in sets the stream honours, and perhaps in others
  std::optional<Error> fault{};  // why more could not be asked
};

// What all candidates agree on at RCPT; where they do not, accept, and the end of the message
// decides. `recipient` is not exempt.
Verdict judge_recipient(Candidates candidates, const LookupKey& recipient,
                        const Result<Answer>& answer);

// `recipients` are all that are still in the message, in order; exempt ones are listed nowhere. An
// opt-out that is known counts whatever else could not be asked.
MessageVerdict judge_message(const Stream& stream, const std::optional<std::string>& list_id,
                             std::span<const Standing> recipients);

}  // namespace optout

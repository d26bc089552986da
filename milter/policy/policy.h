// The rules: which sets a recipient is looked up in, when that is decided, and what the answer
// means.
//
// Pure functions, no I/O: facts and the store's answers in, verdicts out. A table of cases in
// tests/unit/policy reads like the documentation.
//
// clang-format off
//   at RCPT             if the stream refuses (reject), whatever the headers may say, in every set
//                       that needs no header to be named
//   at end of message   everything else: strip, the set of the message's List-Id, mail that must not
//                       be refused at RCPT (pickup), and null senders, of which only the headers
//                       tell bounces from bypasses
// clang-format on

#pragma once

#include "address/lookup_key.h"
#include "policy/header_facts.h"
#include "policy/stream.h"
#include "policy/verdict.h"

#include <span>
#include <string>
#include <vector>

namespace optout {

struct Envelope {
  bool null_sender = false;  // MAIL FROM:<>
  // sendmail(1) and other mail that came not by SMTP: refusing a recipient there jams Postfix'
  // queue (SC-13).
  bool pickup = false;
};

// Whether recipients of this mail are decided as they come, at RCPT.
bool decides_at_recipient(const Stream& stream, const Envelope& envelope);

// Whether a header field can still change anything for mail of this stream, so that the headers
// must be seen.
bool needs_headers(const Stream& stream, const Envelope& envelope);

// The sets to ask at RCPT: all that the stream honours but the list's, in its order.
std::vector<SetName> sets_at_recipient(const Stream& stream);

// The sets to ask at end of message, for recipients that were already asked about at RCPT, or not.
std::vector<SetName> sets_at_end(const Stream& stream, bool asked_at_recipient,
                                 const std::optional<std::string>& list_id);

// Whether this recipient is never looked up: the bare postmaster, and postmaster@ and abuse@ at
// domains of ours (RFC 5321 4.5.1, RFC 2142), whose mail must arrive.
Exemption exemption(const LookupKey& recipient, std::span<const std::string> our_domains);

// A bounce or an automatic answer: null sender, and the headers say so (SC-15). A null sender alone
// is not enough, or every application could opt out of opt-outs.
Exemption exemption(const Envelope& envelope, const HeaderFacts& headers);

Verdict judge_recipient(const Stream& stream, const Result<Answer>& answer);

// `answers` are those of every recipient still in the message, in order; of exempt ones, "not
// listed".
MessageVerdict judge_message(const Stream& stream, const Result<std::vector<Answer>>& answers);

}  // namespace optout

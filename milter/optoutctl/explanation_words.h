// An explanation in words: what its forms, for people and for programs, have in common.
//
// What comes from outside stands in the words as it is: whoever prints them escapes it.

#pragma once

#include "optoutctl/explanation.h"

#include <string>

namespace optout {

// "strip", "would-strip" where the stream only monitors.
std::string action_word(Action action, bool monitor);

// The same of one recipient; "unsubscribe" of a request to do so.
std::string action_word(const Explanation& told, const ExplainedRecipient& recipient);

// What the client of the MTA sees: "250", "550 5.7.1 …".
std::string smtp_reply(const Reply& reply);

// "set list:news.example.com of tenant acme, since 2026-03-02, source one_click"; empty where there
// is nothing to say.
std::string reason(const ExplainedRecipient& recipient);

// "Why" of RCPT or the end of the message, whichever decides about recipients.
std::string why_decided_when(const Explanation& told);

// "auth is crm, wanted shop"; of streams behind the winner, that. Empty for the winner.
std::string why_not_chosen(const Explanation& told, const ExplainedStream& stream);

}  // namespace optout

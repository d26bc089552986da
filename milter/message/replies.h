// The replies users see, each in one place (design section 7, SC-01 to SC-19).

#pragma once

#include "message/reply.h"
#include "policy/stream_selector.h"
#include "policy/verdict.h"

#include <string_view>

namespace optout::replies {

// What a set is called to outsiders: optout, bounce, complaint or block. Never which list, tenant
// or day (SC-18).
std::string_view word_for(const SetName& set);

// 550 5.7.1 for a verdict that refuses: with the text of the stream and "[optout]" or another word
// for the set, "[recipients_only]" or "[list_unsubscribe]". Where streams with other texts can
// still win, the built-in one: theirs may be meant for the mail of somebody else (SC-18).
Reply refusal(Candidates candidates, const Verdict& verdict);

Reply cannot_tell();
// The bulk guard cannot tell how much its sender has mailed.
Reply cannot_count();
// A message beyond a limit of the bulk guard: defer or reject.
Reply over_limit(const Verdict& verdict);  // 451 4.3.0: the MTA keeps the mail
Reply internal_error();                    // 451 4.3.0
Reply invalid_address();                   // 553 5.1.3
Reply too_many_recipients();               // 452 4.5.3, or for a whole message 550 5.5.3
Reply too_many_recipients_in_message();
Reply not_recorded();       // 451 4.3.0: a request to unsubscribe, to be sent again
Reply too_many_requests();  // 452 4.5.3, likewise
Reply shutting_down();      // 421 4.3.2: comes back to the next instance

}  // namespace optout::replies

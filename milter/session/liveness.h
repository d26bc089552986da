// Whether we still serve, found out as an MTA finds it out: by calling on our own socket.
//
// A call that negotiates goes all the way: the listening socket and its queue, libmilter's accept
// loop, its controller, a thread of its pool, a callback of ours, the answer. Redis is not asked:
// that it is away is an answer that we give, 451, and nothing that a restart would mend.
//
// The call is known by what it offers, changes of macro lists and of nothing else, which no MTA
// does: so it makes no session, is not counted, and says nothing in the log.
//
// Threads: any.

#pragma once

#include "session/socket_name.h"

#include <chrono>
#include <string>

namespace optout {

// The actions that a call of our own offers when it negotiates (SMFIF_SETSYMLIST).
inline constexpr unsigned long kActionsOfOwnCall = 0x100;

struct Liveness {
  enum class Kind { serving, not_serving, cannot_tell };
  Kind kind = Kind::serving;
  std::string why = {};  // not, in words
};

// Calls there. Takes a few times `patience` at most, for each step of the call has it.
Liveness call_ourselves(const SocketName& name, std::chrono::milliseconds patience);

}  // namespace optout

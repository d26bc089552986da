// A sender as the bulk guard names it, on the command line, and what the verbs of `optoutctl guard`
// say of one.

#pragma once

#include "guard/guard_desk.h"
#include "optoutctl/context.h"
#include "optoutctl/verb.h"

#include <string>
#include <string_view>

namespace optout {

// Where the verbs of `optoutctl guard` are declared.
inline CLI::App& guard_group(CLI::App& program) {
  return verb_group(program, "guard", "See whom the bulk guard holds up, and let them go on");
}

// "crm" is short for "auth:crm", and an address for the network it stands for. Throws Trouble over
// no name at all; `example` is what to type instead, such as "guard show crm".
std::string sender_name(std::string_view typed, std::string_view example);

// Throws Trouble where no mail can come from `name`: what the configuration would refuse in
// guard.senders[].who, a pattern, or a stream without limits of its own.
void check_can_send(const Config& config, std::string_view name);

// The sender with the limits that the configuration has for it; none where it has none. "auth:crm/
// newsletters" has those of the stream.
GuardedSender guarded_sender(const Config& config, std::string name);

GuardDesk guard_desk(Context& context);

// Says that `sender` is not found, and which one may be meant.
void say_not_found(Context& context, std::string_view sender, std::string_view what);

// Says how many messages of the sender have passed a limit of their own and are not shown.
void say_more(Context& context, std::string_view sender, const SenderState& state);

// Throws Trouble where the text of --reason or --by is too long to be kept.
void check_length(std::string_view flag, std::string_view text);

}  // namespace optout

// The page behind unsubscribe links: whether its name resolves, its certificate holds, and it
// answers, as a mailbox provider would find it.
//
// curl(1) asks, where it is installed: HTTP and TLS are not ours to write for one question.

#pragma once

#include "doctor/finding.h"
#include "doctor/program.h"

#include <string>
#include <variant>

namespace optout::doctor {

// Asks for the link without a token; what is there to see then changes nothing (GET).
std::variant<ProgramOutput, std::string> ask_for_link(const std::string& link);

// What curl's answer, its exit status and the HTTP status it prints, means. Pure.
Finding check_link(const std::string& link, const std::variant<ProgramOutput, std::string>& asked);

}  // namespace optout::doctor

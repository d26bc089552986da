// Whether the daemon is there, and whether the MTA gets through to it.
//
// Pure.

#pragma once

#include "config/config.h"
#include "doctor/account.h"
#include "doctor/daemon_facts.h"
#include "doctor/finding.h"
#include "doctor/postfix.h"

#include <optional>

namespace optout::doctor {

// `caller`: whom Postfix' processes run as; nothing where there is no Postfix.
Findings check_socket(const DaemonFacts& facts, const Config& config,
                      const std::optional<Account>& caller);

// Says nothing where there is no socket: check_socket() does.
Findings check_answer(const DaemonFacts& facts);

// Whether the daemon may open as many files as Postfix may open connections to it.
Findings check_open_files(const DaemonFacts& facts, const Postfix& postfix);

}  // namespace optout::doctor

// Whether the daemon goes by the configuration that is looked at here: it reads its files when it
// starts and when it is reloaded, and at no other time.
//
// check_reload() is pure; files_of_config() asks the file system.

#pragma once

#include "config/config.h"
#include "doctor/account.h"
#include "doctor/daemon_facts.h"
#include "doctor/finding.h"

#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace optout::doctor {

// Those that the daemon reads with `file`: conf.d with what is in it, and secrets.
std::vector<FileFacts> files_of_config(const Config& config, const std::string& file);

// `loaded`: when the daemon read them, where its metrics tell. Says nothing where it does not
// answer.
Findings check_reload(const std::vector<FileFacts>& files, const DaemonFacts& daemon,
                      const std::optional<std::chrono::system_clock::time_point>& loaded);

}  // namespace optout::doctor

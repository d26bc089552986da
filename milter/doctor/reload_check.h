// Whether the daemon goes by the configuration that is looked at here: it reads its files when it
// starts and when it is reloaded, and at no other time. What takes effect only at a start may be
// another setting than the files have even then: nobody but the daemon knows.
//
// check_reload() is pure; files_of_config() asks the file system.

#pragma once

#include "config/config.h"
#include "doctor/account.h"
#include "doctor/daemon_facts.h"
#include "doctor/finding.h"
#include "util/socket_address.h"

#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace optout::doctor {

// Those that the daemon reads with `file`: conf.d with what is in it, and secrets.
std::vector<FileFacts> files_of_config(const Config& config, const std::string& file);

// `loaded`: when the daemon read them, where its metrics tell; they are to be at `metrics`. Says
// nothing where the daemon does not answer.
Findings check_reload(const std::vector<FileFacts>& files, const DaemonFacts& daemon,
                      const std::optional<SocketAddress>& metrics,
                      const std::optional<std::chrono::system_clock::time_point>& loaded);

}  // namespace optout::doctor

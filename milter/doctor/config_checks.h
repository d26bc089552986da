// The configuration: whether it loads, what its mode is, and who may read its secrets.

#pragma once

#include "config/reader.h"
#include "doctor/account.h"
#include "doctor/finding.h"

#include <optional>
#include <string>
#include <vector>

namespace optout::doctor {

// What the reader complains of. `as_root`: whether we may read everything; else a file that may not
// be read is no fault of the configuration.
Findings check_loading(const Loaded& loaded, const std::string& file, bool as_root);

// Whether anything is refused yet, by which streams, and the same of the bulk guard.
Findings check_mode(const Loaded& loaded);

struct Secret {
  std::string setting;  // "unsubscribe.keys"
  FileFacts file;
  std::vector<FileFacts> way;
};

// The files with secrets that the configuration names, and itself where it holds a password.
std::vector<Secret> secrets_of(const Config& config, const std::string& file);

// `daemon`: whom the daemon runs as, as far as that is known.
Findings check_secrets(const std::vector<Secret>& secrets, const std::optional<Account>& daemon);

// Whether there are token keys left to make.
Findings check_token_keys(const Config& config);

}  // namespace optout::doctor

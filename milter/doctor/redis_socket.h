// Whether the daemon may connect to the unix socket of Redis: who asks is mostly root, who always
// may.
//
// Pure.

#pragma once

#include "doctor/account.h"
#include "doctor/finding.h"

#include <optional>
#include <vector>

namespace optout::doctor {

// Says nothing where there is no socket. `daemon`: whom it runs as, as far as that is known.
Findings check_redis_socket(const FileFacts& socket, const std::vector<FileFacts>& way,
                            const std::optional<Account>& daemon);

}  // namespace optout::doctor

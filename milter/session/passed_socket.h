// The listening socket that a service manager has made for us: sd_listen_fds(3), "socket
// activation".
//
// It stays with the manager when we stop, and callers wait in its queue for the next of us: so a
// restart is not seen from outside.
//
// Threads: call before any thread is started.

#pragma once

#include "config/config.h"

#include <optional>

namespace optout {

// The descriptor, if there is one, and it is the one socket that `listen` names; the environment
// that told is cleared. Throws std::runtime_error with a sentence for the administrator where
// something else was passed.
std::optional<int> take_passed_socket(const ListenOptions& options);

}  // namespace optout

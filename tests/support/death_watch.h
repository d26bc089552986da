// Ends a process if we die.
//
// Processes started through Process are ended by the kernel in that case, but the kernel forgets
// about it when a process changes its user, as Postfix' master does. So a small shell holds the
// other end of a pipe of ours, and sees it break.

#pragma once

#include "support/process.h"

namespace optout::test {

class DeathWatch {
public:
  DeathWatch() = default;
  explicit DeathWatch(pid_t watched);
  ~DeathWatch();
  DeathWatch(DeathWatch&&) = default;
  DeathWatch& operator=(DeathWatch&&) = default;

private:
  Process shell_;
};

}  // namespace optout::test

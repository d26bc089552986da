// For test programs that are about the daemon: skipped, with the reason, where it cannot run.

#pragma once

#include "support/optout_milter.h"

#include <fmt/format.h>

#include <cstdio>
#include <cstdlib>

namespace optout::test {

struct NeedsDaemon {
  NeedsDaemon() {
    if (const auto reason = OptoutMilter::unavailable()) {
      fmt::print("skipped: {}\n", *reason);
      std::fflush(stdout);
      std::_Exit(77);
    }
  }
};

}  // namespace optout::test

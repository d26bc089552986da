// What open() decided, shared by the files of this room.

#pragma once

#include "log/log.h"

#include <atomic>

namespace optout::log {

struct State {
  // Constant after open().
  LogDestination destination = LogDestination::stderr_;
  bool verbose = false;
  // May change at any time.
  std::atomic<LogAddresses> addresses = LogAddresses::full;
};

State& state() noexcept;

}  // namespace optout::log

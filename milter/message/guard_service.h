// The bulk guard of one configuration, with the counters of what it does.
//
// Threads: any.

#pragma once

#include "guard/guard.h"
#include "metrics/meters.h"

#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace optout {

// Counts nothing where it was made by default.
class GuardMeters {
public:
  GuardMeters() = default;
  explicit GuardMeters(Meters& meters);

  // `action` with "would-" where it is only said.
  void trip(LimitKind limit, std::string_view action) const;
  void message(std::string_view action) const;
  void unchecked() const;

private:
  Meters* meters_ = nullptr;
};

struct GuardService {
  GuardService(std::shared_ptr<redis::Executor> executor, std::string prefix, GuardOptions options,
               std::string relay, GuardMeters counters)
      : guard(std::move(executor), std::move(prefix), std::move(options), std::move(relay)),
        meters(counters) {}

  Guard guard;
  GuardMeters meters;
};

}  // namespace optout

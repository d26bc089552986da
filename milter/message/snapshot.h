// What a message is judged with: one checked configuration and the way to its suppression sets,
// immutable.
//
// Taken once per message, at MAIL, so that a reload never changes the rules in mid-message.

#pragma once

#include "config/config.h"
#include "policy/known_sets.h"
#include "policy/stream_selector.h"
#include "redis/client.h"
#include "suppression/store.h"

#include <memory>
#include <mutex>
#include <optional>
#include <vector>

namespace optout {

struct Snapshot {
  Config config;
  std::optional<StreamSelector> selector;  // borrows config.streams
  std::optional<KnownSets> known_sets;     // likewise
  std::shared_ptr<redis::Executor>
      executor;  // shared by snapshots that reach the same Redis; outlives `store`
  std::shared_ptr<SuppressionStore> store;

  // Whether there is more than one stream, so that it matters what a message says.
  bool has_choice() const noexcept { return config.streams.size() > 1; }
};

// With the connection of `previous` where it leads to the same Redis. `previous` may be null.
std::shared_ptr<const Snapshot> make_snapshot(Config config, const Snapshot* previous);

// For tests: with a store of one's own.
std::shared_ptr<const Snapshot> make_snapshot(Config config,
                                              std::shared_ptr<SuppressionStore> store);

// The snapshot in force. Threads: any; it does its own locking.
class CurrentSnapshot {
public:
  std::shared_ptr<const Snapshot> get() const {
    const std::scoped_lock lock(mutex_);
    return snapshot_;
  }
  void set(std::shared_ptr<const Snapshot> snapshot) {
    const std::scoped_lock lock(mutex_);
    snapshot_.swap(
        snapshot);  // the old one ends after the lock, with `snapshot` or with its last message
  }

private:
  mutable std::mutex mutex_;
  std::shared_ptr<const Snapshot> snapshot_;
};

}  // namespace optout

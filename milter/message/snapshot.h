// What a message is judged with: one checked configuration and the way to its suppression sets,
// immutable.
//
// Taken once per message, at MAIL, so that a reload never changes the rules in mid-message.

#pragma once

#include "config/config.h"
#include "confirm/confirmer.h"
#include "confirm/notifier.h"
#include "confirm/rate_limit.h"
#include "message/guard_service.h"
#include "message/stream_meters.h"
#include "message/unsubscribe_service.h"
#include "policy/known_sets.h"
#include "policy/stream_selector.h"
#include "redis/client.h"
#include "suppression/known_lists.h"
#include "suppression/store.h"

#include <cstddef>
#include <cstdint>
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
  std::shared_ptr<KnownLists> known_lists;                 // null where no token refers to lists
  std::shared_ptr<const UnsubscribeService> unsubscribe;   // null where nobody can by mail
  std::shared_ptr<const ConfirmationRoute> confirmations;  // null where none are sent
  std::shared_ptr<GuardService> guard;                     // null where nothing is counted
  std::shared_ptr<Confirmer> confirmer;     // one for all snapshots; null where none can be sent
  std::shared_ptr<Notifier> notifier;       // likewise; null where nobody can be mailed
  std::vector<StreamMeters> stream_meters;  // one for each of config.streams

  // Whether it matters where mail really goes ({rcpt_addr}): some stream has recipients_only, or
  // makes tokens for whom it mails.
  bool needs_destinations = false;

  // Whether there is more than one stream, so that it matters what a message says.
  bool has_choice() const noexcept { return config.streams.size() > 1; }

  // `stream` is one of config.streams.
  const StreamMeters& meters_of(const Stream& stream) const noexcept {
    return stream_meters[index_of(stream)];
  }
  // What tokens in its mail opt out of, unless they refer to a list.
  std::optional<std::uint32_t> scope_of(const Stream& stream) const noexcept {
    return unsubscribe ? unsubscribe->scopes[index_of(stream)] : std::nullopt;
  }

private:
  std::size_t index_of(const Stream& stream) const noexcept {
    return static_cast<std::size_t>(&stream - config.streams.data());
  }
};

// Whether there are limits that mail can pass.
bool guard_counts(const Config& config);

// With the connection of `previous` where it leads to the same Redis. `previous` may be null.
// Borrows `meters`, which must outlive it, and counts there.
std::shared_ptr<const Snapshot> make_snapshot(Config config, const Snapshot* previous,
                                              Meters& meters);

// What confirmations are sent by. Without either of them, none are.
struct Confirming {
  std::shared_ptr<Confirmer> confirmer = nullptr;
  std::shared_ptr<RateLimit> limit = nullptr;
};

// For tests and optoutctl: with a store of one's own. Without `registry` no list is remembered,
// without `meters` nothing is counted.
std::shared_ptr<const Snapshot> make_snapshot(Config config,
                                              std::shared_ptr<SuppressionStore> store,
                                              std::shared_ptr<Registry> registry = nullptr,
                                              Meters* meters = nullptr, Confirming confirming = {});

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

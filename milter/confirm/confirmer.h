// Sends confirmations behind the back of mail: whoever records an opt-out leaves one here and goes
// on. What becomes of it changes nothing about the opt-out (AR-10).
//
// Each is sent once: a lost confirmation is better than two. There is one Confirmer for the whole
// process, as it must outlive a reload; each confirmation brings along what the configuration said
// when it was asked for.
//
// Threads: any. confirm() neither waits nor does I/O, but for a line in the log.

#pragma once

#include "confirm/confirmation.h"
#include "confirm/outbox.h"
#include "confirm/rate_limit.h"
#include "metrics/meters.h"
#include "util/result.h"
#include "util/socket_address.h"

#include <atomic>
#include <chrono>
#include <cstddef>
#include <memory>
#include <string>

namespace optout {

// How one configuration has confirmations sent.
struct ConfirmationRoute {
  std::string domain;  // unsubscribe.domain
  SocketAddress server;
  std::shared_ptr<RateLimit> limit;
};

struct ConfirmationJob {
  std::shared_ptr<const ConfirmationRoute> route;
  Confirmation confirmation;
  std::string member;    // as written: what the limit is for
  std::string queue_id;  // of the request, for the log; empty where the MTA gave none
};

class Confirmer {
public:
  static constexpr std::size_t kMostWaiting = Outbox::kMostWaiting;
  // For the whole dialog, as the server may ask filters of its own before it answers; much less
  // than it takes to be killed when the daemon stops.
  static constexpr std::chrono::seconds kPatience{30};

  // Counts in `meters`, which must outlive it.
  explicit Confirmer(Meters& meters);

  // Where too many are waiting, this one is dropped.
  void confirm(const ConfirmationJob& job);

  // Drops those that wait, and all that come from now on; the one that is being sent, if any, goes
  // on until it is done.
  void send_no_more();
  bool is_sending() { return outbox_.is_sending(); }
  // The same, and waits for that one.
  void stop();

private:
  void attempt(const ConfirmationJob& job) const;
  // Whether it was sent, or only would have been too early.
  Result<bool> send(const ConfirmationJob& job) const;

  const Counter sent_;
  const Counter rate_limited_;
  const Counter failed_;
  const Counter dropped_;
  std::atomic<bool> full_ = false;  // and has said so
  Outbox outbox_;                   // last: its thread uses the others
};

}  // namespace optout

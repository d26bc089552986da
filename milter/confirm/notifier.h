// Mails the administrator once for each trip of the bulk guard, and never a storm: at most
// kMostAnHour.
//
// One for the whole process, as it must outlive a reload. Threads: any. notify() neither waits nor
// does I/O, but for a line in the log.

#pragma once

#include "confirm/outbox.h"
#include "confirm/trip_notice.h"
#include "metrics/meters.h"
#include "util/socket_address.h"

#include <chrono>
#include <cstddef>
#include <deque>
#include <mutex>

namespace optout {

class Notifier {
public:
  static constexpr std::size_t kMostAnHour = 20;

  // Counts in `meters`, which must outlive it.
  explicit Notifier(Meters& meters);

  void notify(const TripNotice& notice, const SocketAddress& server);

  // Drops those that wait, and all that come from now on.
  void send_no_more();
  bool is_sending() { return outbox_.is_sending(); }

private:
  bool is_too_many();

  const Counter sent_;
  const Counter failed_;
  const Counter dropped_;
  std::mutex mutex_;
  std::deque<std::chrono::steady_clock::time_point> lately_;  // guarded by mutex_
  Outbox outbox_;                                             // last: its thread uses the others
};

}  // namespace optout

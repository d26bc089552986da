// Looks every 15 seconds whether the suppression sets are there and how many are in them, for the
// page of metrics: so that a scrape, however often, asks Redis nothing.
//
// Asks by the same connection as mail does, a batch of SCARDs at a time, which Redis answers from
// what it knows. The sets of lists, which may be thousands, are asked about every five minutes, and
// shown as one number for each tenant. A Redis that does not grant SCARD leaves the sizes out.
//
// Threads: a thread of its own, which has the signal mask of whoever starts it. look() by one
// thread at a time.

#pragma once

#include "message/snapshot.h"
#include "metrics/meters.h"

#include <chrono>
#include <condition_variable>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace optout {

class Survey {
public:
  static constexpr std::chrono::seconds kPause{15};
  static constexpr unsigned kLooksForLists = 20;  // about them every so many times only
  static constexpr std::size_t kBatch = 256;

  // Shows what it finds in `meters`. Both must outlive it.
  Survey(const CurrentSnapshot& snapshot, Meters& meters) : snapshot_(snapshot), meters_(meters) {}
  ~Survey();
  Survey(const Survey&) = delete;
  Survey& operator=(const Survey&) = delete;

  void start();

  // Once, now.
  void look();

private:
  using Samples = std::vector<Meters::Sample>;

  void run();
  void look_at(const Snapshot& snapshot);
  void look_at_lists(const Snapshot& snapshot);

  const CurrentSnapshot& snapshot_;
  Meters& meters_;
  unsigned looks_ = 0;
  const void* seen_ = nullptr;  // the snapshot whose lists were looked at: it may be gone
  Samples of_lists_;            // what was found

  std::mutex mutex_;
  std::condition_variable stopped_;
  bool stops_ = false;  // guarded by mutex_
  std::thread thread_;
};

}  // namespace optout

// A thread that sends the few mails we write ourselves, behind the back of the mail that passes:
// whoever leaves one here goes on at once.
//
// It is started by the first one, and sends one after the other. Nothing is tried again.
//
// Threads: any; it does its own locking. Errands run on the thread of the outbox, one at a time.

#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>

namespace optout {

class Outbox {
public:
  static constexpr std::size_t kMostWaiting = 1000;

  Outbox() = default;
  ~Outbox() { stop(); }
  Outbox(const Outbox&) = delete;
  Outbox& operator=(const Outbox&) = delete;

  enum class Left { taken, full, no_thread };
  // `errand` must not throw. Where it is not taken, it never runs.
  Left leave(std::function<void()> errand);

  // Drops those that wait, and all that come from now on, and says how many waited; the one that is
  // under way, if any, goes on until it is done.
  std::size_t send_no_more();
  bool is_sending();
  // The same, and waits for that one.
  void stop();

private:
  void run();

  std::mutex mutex_;  // guards what follows
  std::condition_variable changed_;
  std::deque<std::function<void()>> waiting_;
  bool stopping_ = false;
  bool sending_ = false;
  std::thread thread_;
};

}  // namespace optout

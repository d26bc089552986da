// How many sessions and messages are open, so that a stop can wait for them.
//
// Threads: any.

#pragma once

#include <atomic>

namespace optout {

class Activity {
public:
  // Counts one session or message for as long as it lives.
  class Ticket {
  public:
    explicit Ticket(std::atomic<int>& counter) noexcept : counter_(counter) { ++counter_; }
    ~Ticket() { --counter_; }
    Ticket(const Ticket&) = delete;
    Ticket& operator=(const Ticket&) = delete;

  private:
    std::atomic<int>& counter_;
  };
  Ticket session() noexcept { return Ticket(sessions_); }
  Ticket message() noexcept { return Ticket(messages_); }

  int sessions() const noexcept { return sessions_; }
  int messages() const noexcept { return messages_; }

  // From now on new messages are sent away: they come back to the next instance.
  void send_new_messages_away() noexcept { sending_away_ = true; }
  bool sends_new_messages_away() const noexcept { return sending_away_; }

private:
  std::atomic<int> sessions_ = 0;
  std::atomic<int> messages_ = 0;
  std::atomic<bool> sending_away_ = false;
};

}  // namespace optout

// Several senders at once that behave as MTAs do: what is put off they bring again, what is refused
// they drop.
//
// Every message has an id, a recipient of its own who wants it, and one who has opted out, of
// everything or (every third message, which has a List-Id) of that list. Afterwards the sink must
// hold every wanted recipient of every message at least once, and nobody who has opted out.
//
// Threads: use it from one; it starts its own.

#pragma once

#include "mta/relay.h"

#include <atomic>
#include <chrono>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace optout::test {

class Load {
public:
  // Puts the opt-outs of this load into an empty, unmarked store, and the marker last.
  static void prepare(Relay& relay);

  Load(const Relay& relay, int senders);
  ~Load();
  Load(const Load&) = delete;
  Load& operator=(const Load&) = delete;

  // Wait until so many more messages are done with, or so many more commands were put off; false if
  // that takes too long.
  bool wait_for_messages(int more) const;
  bool wait_for_deferrals(int more) const;

  // No new messages; returns when all that were begun are done with, and nothing waits in the
  // queue. What went wrong, one sentence a line; empty if nothing did.
  std::string finish();

  int messages() const noexcept { return finished_; }
  int deferrals() const noexcept { return deferrals_; }

private:
  void send_until_told(int sender);
  void complain(const std::string& sentence);

  const Relay& relay_;
  std::atomic<bool> enough_{false};
  std::atomic<int> finished_{0};
  std::atomic<int> deferrals_{0};
  std::mutex mutex_;  // guards what follows
  std::string complaints_;
  std::vector<std::string> wanted_;  // "<id@load.example> <w@example.com>"
  std::vector<std::thread> threads_;
};

}  // namespace optout::test

// What a run has seen: messages, latencies, and answers that were wrong.

#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace optout::bench {

class Latencies {
public:
  void add(std::chrono::nanoseconds latency) {
    values_.push_back(static_cast<std::uint32_t>(latency.count() / 100));
  }
  void clear() { values_.clear(); }

  // In microseconds; 0 where there are none (steps that the milter leaves unanswered). Reorders the
  // values.
  double percentile(double percent);

private:
  std::vector<std::uint32_t> values_;  // tenths of a microsecond
};

struct Tally {
  std::uint64_t messages = 0;
  std::uint64_t recipients = 0;
  std::uint64_t suppressed = 0;  // of these: refused, deleted, or in a message refused as a whole
  Latencies recipient;
  Latencies end_of_message;
  std::uint64_t wrong = 0;
  std::string first_wrong;

  void start_over() {  // what was wrong stays wrong
    messages = recipients = suppressed = 0;
    recipient.clear();
    end_of_message.clear();
  }
};

}  // namespace optout::bench

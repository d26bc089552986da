// Owns every number that is counted, and writes them as Prometheus reads them.
//
// A counter lives as long as the process, so that a reload never sets one back: whoever asks again
// for the counter of the same metric and labels gets the same one.
//
// Threads: any. Handing out a counter and writing the page take a lock; counting does not
// (counter.h).

#pragma once

#include "metrics/counter.h"
#include "metrics/metric.h"
#include "metrics/waiting.h"

#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace optout {

class Meters {
public:
  Meters();
  Meters(const Meters&) = delete;
  Meters& operator=(const Meters&) = delete;

  // `labels` are the values of the metric's labels, in their order. What was asked for stands on
  // the page from then on, with 0 to begin with.
  Counter counter(const Metric& metric, const std::vector<std::string_view>& labels);

  Histogram histogram() noexcept { return Histogram(lookup_seconds_); }

  // `value` is asked whenever the page is written, on the thread that writes it.
  void gauge(const Metric& metric, std::function<double()> value);

  // A number for each combination of labels, as somebody has found them out: what stands on the
  // page until the next time. Those of the time before are gone.
  struct Sample {
    std::vector<std::string> labels;
    double value = 0;
  };
  void show(const Metric& metric, std::vector<Sample> samples);

  // Requests to unsubscribe that were put off; kUnapplied and kOldestUnapplied tell of them.
  Waiting& unapplied() noexcept { return unapplied_; }

  // The page: the text format of Prometheus, version 0.0.4.
  std::string text() const;

private:
  using Labels = std::vector<std::string>;

  mutable std::mutex mutex_;
  // Guarded by mutex_, but for the numbers themselves. By name; nodes of a map never move.
  std::map<std::string_view, std::map<Labels, Counter::Cell>> counters_;
  std::map<std::string_view, std::function<double()>> gauges_;
  std::map<std::string_view, std::vector<Sample>> shown_;
  Histogram::Cells lookup_seconds_;
  Waiting unapplied_;
};

}  // namespace optout

#include "metrics/meters.h"

#include "metrics/process.h"

#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>

#include <limits>

namespace optout {
namespace {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;

MetricType type_of(Metric::Kind kind) {
  switch (kind) {
    case Metric::Kind::counter:
      return MetricType::Counter;
    case Metric::Kind::gauge:
      return MetricType::Gauge;
    case Metric::Kind::histogram:
      return MetricType::Histogram;
  }
  return MetricType::Untyped;
}

double number(const Counter::Cell& cell) {
  return static_cast<double>(cell.load(std::memory_order_relaxed));
}

ClientMetric histogram_of(const Histogram::Cells& cells) {
  constexpr double kNanosecond = 1e-9;
  ClientMetric metric;
  for (std::size_t i = 0; i < cells.counts.size(); ++i) {
    metric.histogram.sample_count += cells.counts[i].load(std::memory_order_relaxed);
    metric.histogram.bucket.push_back(
        {.cumulative_count = metric.histogram.sample_count,
         .upper_bound = i < Histogram::kBounds.size() ? Histogram::kBounds[i]
                                                      : std::numeric_limits<double>::infinity()});
  }
  metric.histogram.sample_sum = number(cells.nanoseconds) * kNanosecond;
  return metric;
}

// A line more of this metric.
ClientMetric& labelled(MetricFamily& family, const Metric& metric,
                       const std::vector<std::string>& labels) {
  ClientMetric& added = family.metric.emplace_back();
  for (std::size_t i = 0; i < labels.size(); ++i)
    added.label.push_back({std::string(metric.labels.at(i)), labels[i]});
  return added;
}

}  // namespace

// What needs no one else to be known.
Meters::Meters() {
  gauge(metrics::kUnapplied, [this] { return static_cast<double>(unapplied_.size()); });
  gauge(metrics::kOldestUnapplied,
        [this] { return std::chrono::duration<double>(unapplied_.longest()).count(); });
  gauge(metrics::kStartTime, process::start_time);
  gauge(metrics::kResidentMemory, process::resident_memory);
  gauge(metrics::kOpenFiles, process::open_files);
  gauge(metrics::kMostFiles, process::most_files);
}

Counter Meters::counter(const Metric& metric, const std::vector<std::string_view>& labels) {
  const std::scoped_lock lock(mutex_);
  return Counter(counters_[metric.name][Labels(labels.begin(), labels.end())]);
}

void Meters::gauge(const Metric& metric, std::function<double()> value) {
  const std::scoped_lock lock(mutex_);
  gauges_[metric.name] = std::move(value);
}

void Meters::show(const Metric& metric, std::vector<Sample> samples) {
  const std::scoped_lock lock(mutex_);
  shown_[metric.name] = std::move(samples);
}

std::string Meters::text() const {
  const std::scoped_lock lock(mutex_);
  std::vector<MetricFamily> page;
  for (const Metric* metric : metrics::all()) {
    MetricFamily& family = page.emplace_back(MetricFamily{
        std::string(metric->name), std::string(metric->help), type_of(metric->kind), {}});
    if (metric == &metrics::kBuildInfo) {
      ClientMetric& build = family.metric.emplace_back();
      build.label.push_back({"version", OPTOUT_VERSION});
      build.gauge.value = 1;
    }
    if (metric->kind == Metric::Kind::histogram)
      family.metric.push_back(histogram_of(lookup_seconds_));
    if (const auto gauge = gauges_.find(metric->name); gauge != gauges_.end())
      family.metric.emplace_back().gauge.value = gauge->second();
    if (const auto shown = shown_.find(metric->name); shown != shown_.end()) {
      for (const Sample& sample : shown->second)
        labelled(family, *metric, sample.labels).gauge.value = sample.value;
    }
    if (const auto counters = counters_.find(metric->name); counters != counters_.end()) {
      for (const auto& [labels, cell] : counters->second)
        labelled(family, *metric, labels).counter.value = number(cell);
    }
  }
  return prometheus::TextSerializer().Serialize(page);
}

}  // namespace optout

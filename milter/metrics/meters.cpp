#include "metrics/meters.h"

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

}  // namespace

Counter Meters::counter(const Metric& metric, const std::vector<std::string_view>& labels) {
  const std::scoped_lock lock(mutex_);
  return Counter(counters_[metric.name][Labels(labels.begin(), labels.end())]);
}

void Meters::gauge(const Metric& metric, std::function<double()> value) {
  const std::scoped_lock lock(mutex_);
  gauges_[metric.name] = std::move(value);
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
    const auto counters = counters_.find(metric->name);
    if (counters == counters_.end()) continue;
    for (const auto& [labels, cell] : counters->second) {
      ClientMetric& counted = family.metric.emplace_back();
      for (std::size_t i = 0; i < labels.size(); ++i)
        counted.label.push_back({std::string(metric->labels.at(i)), labels[i]});
      counted.counter.value = number(cell);
    }
  }
  return prometheus::TextSerializer().Serialize(page);
}

}  // namespace optout

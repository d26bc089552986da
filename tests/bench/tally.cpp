#include "tally.h"

#include <algorithm>
#include <cmath>

namespace optout::bench {

double Latencies::percentile(double percent) {
  if (values_.empty()) return 0;
  const double rank = std::ceil(percent / 100 * static_cast<double>(values_.size()));
  const auto index = std::max<std::ptrdiff_t>(static_cast<std::ptrdiff_t>(rank) - 1, 0);
  const auto place = values_.begin() + index;
  std::nth_element(values_.begin(), place, values_.end());
  return static_cast<double>(*place) / 10;
}

}  // namespace optout::bench

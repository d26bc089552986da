// What is shipped for Prometheus and Grafana, taken apart: every expression, with where it stands.
//
// Threads: any.

#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace optout::test {

struct Expression {
  std::string where;  // "Lookups by answer, A", or the name of an alert
  std::string text;
};

std::string shipped_file(std::string_view name);  // below packaging/

// As Prometheus is asked: all instances, and rates over `interval`.
std::vector<Expression> dashboard_expressions(std::string_view interval);
std::vector<Expression> alert_expressions();

// The metrics that an expression names, each with the braces behind it if there are any:
// "optout_lookups_total{answer=\"listed\"}".
std::vector<std::string> selectors_in(std::string_view expression);
// Without the braces.
std::string metric_of(std::string_view selector);

}  // namespace optout::test

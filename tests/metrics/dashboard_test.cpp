// Dashboard and alerts against the daemon: they name what there is, all of it, and nothing else.
// Whether every expression has an answer is in prometheus_test.cpp.

#include "metrics/metric.h"
#include "metrics/shipped.h"
#include "support/process.h"

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

#include <cstdlib>
#include <set>
#include <string>

namespace optout::test {
namespace {

std::set<std::string> counted() {
  std::set<std::string> names{"up"};
  for (const Metric* metric : metrics::all()) {
    names.emplace(metric->name);
    if (metric->kind != Metric::Kind::histogram) continue;
    for (const char* part : {"_bucket", "_sum", "_count"})
      names.insert(std::string(metric->name) + part);
  }
  return names;
}

std::string prometheus_folder() {
  return std::string(std::getenv("OPTOUT_SOURCE")) + "/packaging/prometheus/";
}

}  // namespace

BOOST_AUTO_TEST_SUITE(dashboard_and_alerts)

BOOST_AUTO_TEST_CASE(they_name_no_metric_that_nobody_counts) {
  const std::set<std::string> names = counted();
  auto all = dashboard_expressions("5m");
  const auto alerts = alert_expressions();
  BOOST_TEST(alerts.size() >= 10U);
  all.insert(all.end(), alerts.begin(), alerts.end());
  for (const Expression& expression : all) {
    const auto selectors = selectors_in(expression.text);
    BOOST_TEST(!selectors.empty(), expression.where);
    for (const std::string& selector : selectors)
      BOOST_TEST(names.contains(metric_of(selector)), expression.where << ": " << selector);
  }
}

BOOST_AUTO_TEST_CASE(the_dashboard_shows_everything_that_is_counted) {
  std::set<std::string> shown;
  for (const Expression& expression : dashboard_expressions("5m")) {
    for (const std::string& selector : selectors_in(expression.text))
      shown.insert(metric_of(selector));
  }
  for (const Metric* metric : metrics::all()) {
    const bool is_shown = shown.contains(std::string(metric->name)) ||
                          shown.contains(std::string(metric->name) + "_bucket");
    BOOST_TEST(is_shown, metric->name);
  }
}

BOOST_AUTO_TEST_CASE(every_panel_is_as_grafana_9_reads_it) {
  const auto dashboard = nlohmann::json::parse(shipped_file("grafana/optout-milter.json"));
  BOOST_TEST(dashboard.at("schemaVersion") >= 36);
  std::set<int> ids;
  std::set<std::pair<int, int>> taken;  // of the grid, which is 24 wide
  for (const auto& panel : dashboard.at("panels")) {
    BOOST_TEST(ids.insert(panel.at("id").get<int>()).second, panel.at("title"));
    const auto& place = panel.at("gridPos");
    BOOST_TEST(place.at("x").get<int>() + place.at("w").get<int>() <= 24, panel.at("title"));
    for (int x = place.at("x"); x < place.at("x").get<int>() + place.at("w").get<int>(); ++x) {
      for (int y = place.at("y"); y < place.at("y").get<int>() + place.at("h").get<int>(); ++y)
        BOOST_TEST(taken.emplace(x, y).second, panel.at("title"));
    }
    if (panel.at("type") == "row") continue;
    BOOST_TEST(panel.at("datasource").at("uid") == "${datasource}", panel.at("title"));
    for (const auto& target : panel.at("targets"))
      BOOST_TEST(target.at("expr").get<std::string>().find("$instance") != std::string::npos,
                 panel.at("title"));
  }
}

BOOST_AUTO_TEST_CASE(the_alerts_fire_when_they_should_and_only_then) {
  if (!find_program("promtool")) {
    BOOST_TEST_MESSAGE("skipped: promtool is not installed");
    return;
  }
  const Finished checked =
      run({"promtool", "check", "rules", prometheus_folder() + "optout-milter.rules.yml"});
  BOOST_TEST(checked.exit_status == 0, checked.out << checked.err);
  const Finished tested =
      run({"promtool", "test", "rules", prometheus_folder() + "optout-milter.rules.test.yml"});
  BOOST_TEST(tested.exit_status == 0, tested.out << tested.err);
}

BOOST_AUTO_TEST_CASE(every_alert_has_a_test_and_says_what_to_type) {
  const std::string tests = shipped_file("prometheus/optout-milter.rules.test.yml");
  const std::string rules = shipped_file("prometheus/optout-milter.rules.yml");
  for (const Expression& alert : alert_expressions()) {
    BOOST_TEST(tests.find(alert.where) != std::string::npos, alert.where);
    const std::size_t begin = rules.find("alert: " + alert.where);
    const std::size_t end = rules.find("- alert:", begin);
    const std::string rule = rules.substr(begin, end - begin);
    BOOST_TEST(rule.find("Type: ") != std::string::npos, alert.where);
    BOOST_TEST(rule.find("summary: ") != std::string::npos, alert.where);
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace optout::test

// What is counted is on the page, in the form that Prometheus reads.

#include "metrics/meters.h"

#include "support/http.h"
#include "support/process.h"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <chrono>
#include <string>
#include <thread>
#include <vector>

namespace optout {
namespace {

using namespace std::chrono_literals;

struct Metered {
  Meters meters;

  bool has(const std::string& line) const {
    return ("\n" + meters.text()).find("\n" + line + "\n") != std::string::npos;
  }
  double value(std::string_view metric) const {
    return test::metric_on(meters.text(), metric).value_or(-1);
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(meters, Metered)

BOOST_AUTO_TEST_CASE(a_counter_stands_on_the_page_from_zero_on) {
  const Counter listed = meters.counter(metrics::kLookups, {"listed"});
  BOOST_TEST(has("optout_lookups_total{answer=\"listed\"} 0"));
  listed.add();
  listed.add(41);
  BOOST_TEST(has("optout_lookups_total{answer=\"listed\"} 42"));
  BOOST_TEST(has("# TYPE optout_lookups_total counter"));
}

BOOST_AUTO_TEST_CASE(numbers_stay_whole_however_large_they_grow) {
  meters.counter(metrics::kLookups, {"listed"}).add(123'456'789'012);
  BOOST_TEST(value("optout_lookups_total{answer=\"listed\"}") == 123'456'789'012.0);
}

BOOST_AUTO_TEST_CASE(who_asks_again_counts_on_and_other_labels_count_apart) {
  meters.counter(metrics::kRecipients, {"news", "strip"}).add(2);
  meters.counter(metrics::kRecipients, {"news", "strip"}).add(3);
  meters.counter(metrics::kRecipients, {"news", "accept"}).add(7);
  BOOST_TEST(has("optout_recipients_total{stream=\"news\",action=\"strip\"} 5"));
  BOOST_TEST(has("optout_recipients_total{stream=\"news\",action=\"accept\"} 7"));
}

BOOST_AUTO_TEST_CASE(a_label_cannot_end_the_line) {
  meters.counter(metrics::kUnchecked, {"a\"b\\c\nd"}).add();
  BOOST_TEST(has("optout_unchecked_recipients_total{stream=\"a\\\"b\\\\c\\nd\"} 1"));
}

BOOST_AUTO_TEST_CASE(no_count_is_lost_among_threads) {
  const Counter counter = meters.counter(metrics::kLookups, {"listed"});
  const Histogram histogram = meters.histogram();
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (int j = 0; j < 10'000; ++j) {
        counter.add();
        histogram.observe(1ms);
      }
    });
  }
  while (value("optout_lookups_total{answer=\"listed\"}") < 1'000) {
    meters.counter(metrics::kRecipients, {"while", "counting"}).add();
  }
  for (std::thread& thread : threads)
    thread.join();
  BOOST_TEST(value("optout_lookups_total{answer=\"listed\"}") == 40'000);
  BOOST_TEST(value("optout_lookup_seconds_count") == 40'000);
}

BOOST_AUTO_TEST_CASE(durations_are_counted_in_all_ranges_that_hold_them) {
  const Histogram histogram = meters.histogram();
  histogram.observe(100us);  // a bound belongs to its range
  histogram.observe(3ms);
  histogram.observe(11s);
  BOOST_TEST(has("optout_lookup_seconds_bucket{le=\"0.0001\"} 1"));
  BOOST_TEST(has("optout_lookup_seconds_bucket{le=\"0.0025\"} 1"));
  BOOST_TEST(has("optout_lookup_seconds_bucket{le=\"0.005\"} 2"));
  BOOST_TEST(has("optout_lookup_seconds_bucket{le=\"10\"} 2"));
  BOOST_TEST(has("optout_lookup_seconds_bucket{le=\"+Inf\"} 3"));
  BOOST_TEST(has("optout_lookup_seconds_count 3"));
  BOOST_TEST(value("optout_lookup_seconds_sum") == 11.0031, boost::test_tools::tolerance(1e-9));
  const std::string page = meters.text();
  BOOST_TEST(page.find("+Inf") == page.rfind("+Inf"));
}

BOOST_AUTO_TEST_CASE(a_gauge_is_asked_when_the_page_is_written) {
  int sessions = 3;
  meters.gauge(metrics::kSessions, [&] { return sessions; });
  BOOST_TEST(value("optout_sessions") == 3);
  sessions = 0;
  BOOST_TEST(value("optout_sessions") == 0);
}

BOOST_AUTO_TEST_CASE(what_is_shown_replaces_all_that_was_shown_before) {
  meters.show(metrics::kSetMembers, {{{"global", ""}, 12}, {{"list:*", "acme"}, 3}});
  BOOST_TEST(has("optout_set_members{set=\"global\",tenant=\"\"} 12"));
  BOOST_TEST(has("optout_set_members{set=\"list:*\",tenant=\"acme\"} 3"));
  meters.show(metrics::kSetMembers, {{{"global", ""}, 13}});
  BOOST_TEST(has("optout_set_members{set=\"global\",tenant=\"\"} 13"));
  BOOST_TEST(meters.text().find("acme") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(what_is_put_off_waits_until_it_is_done) {
  BOOST_TEST(has("optout_unsubscribe_unapplied 0"));
  BOOST_TEST(has("optout_unsubscribe_oldest_unapplied_seconds 0"));
  meters.unapplied().put_off(1);
  meters.unapplied().put_off(1);
  meters.unapplied().put_off(2);
  BOOST_TEST(value("optout_unsubscribe_unapplied") == 2);
  BOOST_TEST(value("optout_unsubscribe_oldest_unapplied_seconds") > 0);
  meters.unapplied().done(1);
  meters.unapplied().done(2);
  meters.unapplied().done(3);
  BOOST_TEST(value("optout_unsubscribe_unapplied") == 0);
}

BOOST_AUTO_TEST_CASE(what_the_process_is_and_uses_is_told_by_the_usual_names) {
  const double now =
      std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
  BOOST_TEST(value("process_start_time_seconds") <= now);
  BOOST_TEST(value("process_start_time_seconds") > now - 3600);
  BOOST_TEST(value("process_resident_memory_bytes") > 1e6);
  BOOST_TEST(value("process_open_fds") >= 3);
  BOOST_TEST(value("process_max_fds") >= value("process_open_fds"));
}

// Of Debian's package prometheus: what the people who read such pages for a living complain of.
BOOST_AUTO_TEST_CASE(promtool_has_nothing_to_say_about_the_page) {
  if (!test::find_program("promtool")) {
    BOOST_TEST_MESSAGE("skipped: promtool is not installed");
    return;
  }
  for (const Metric* metric : metrics::all()) {
    if (metric->kind != Metric::Kind::counter) continue;
    const auto labels = static_cast<std::ptrdiff_t>(
        std::count_if(metric->labels.begin(), metric->labels.end(),
                      [](std::string_view label) { return !label.empty(); }));
    meters.counter(*metric, std::vector<std::string_view>(static_cast<std::size_t>(labels), "x"));
  }
  meters.gauge(metrics::kSessions, [] { return 1; });
  meters.gauge(metrics::kMessagesOpen, [] { return 1; });
  meters.gauge(metrics::kReloadSuccessful, [] { return 1; });
  meters.gauge(metrics::kConfigLoaded, [] { return 1; });
  meters.show(metrics::kRedisUp, {{{}, 1}});
  meters.show(metrics::kSetMembers, {{{"global", ""}, 1}});
  const test::Finished said = test::run({"promtool", "check", "metrics"}, meters.text());
  BOOST_TEST(said.exit_status == 0, said.out << said.err);
  BOOST_TEST(said.out + said.err == "");
}

BOOST_AUTO_TEST_CASE(the_version_is_a_label) {
  BOOST_TEST(meters.text().find("\noptout_build_info{version=\"") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(every_metric_has_its_help_and_no_name_is_there_twice) {
  std::vector<std::string_view> names;
  for (const Metric* metric : metrics::all()) {
    names.push_back(metric->name);
    BOOST_TEST(has("# HELP " + std::string(metric->name) + " " + std::string(metric->help)));
  }
  std::sort(names.begin(), names.end());
  BOOST_TEST((std::adjacent_find(names.begin(), names.end()) == names.end()));
}

BOOST_AUTO_TEST_CASE(a_handle_from_nowhere_counts_nothing) {
  Counter().add();
  Histogram().observe(1s);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace optout

// Every query of the dashboard and every alert, asked of a real Prometheus that scrapes a real
// daemon: none is empty. Grafana does nothing else with the dashboard but ask these.

#include "metrics/prometheus.h"

#include "dialogs/needs_daemon.h"
#include "dialogs/unsubscribing.h"
#include "metrics/shipped.h"
#include "support/milter_client.h"
#include "support/optout_milter.h"
#include "support/smtp_sink.h"

#include <boost/test/unit_test.hpp>
#include <fmt/format.h>

#include <cmath>
#include <fstream>
#include <set>

namespace optout::test {
namespace {

struct NeedsPrometheus {
  NeedsPrometheus() {
    if (const auto reason = Prometheus::unavailable()) {
      fmt::print("skipped: {}\n", *reason);
      std::fflush(stdout);
      std::_Exit(77);
    }
  }
};
BOOST_TEST_GLOBAL_FIXTURE(NeedsDaemon);
BOOST_TEST_GLOBAL_FIXTURE(NeedsPrometheus);

struct Watched {
  SharedDir directory;
  RedisServer redis;
  SmtpSink sink;
  OptoutMilter milter{redis, unix_socket(directory / "milter.sock"), configuration()};
  Prometheus prometheus{milter.metrics_address()};
  int round = 0;

  std::string configuration() {
    const std::string keys = directory / "token.keys";
    std::ofstream(keys) << token_key_lines();
    std::filesystem::permissions(
        keys, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
    return fmt::format(
        "redis: {{ timeout: 500ms }}\n"
        "unsubscribe: {{ domain: optout.example, keys: \"{0}\", link: "
        "\"https://optout.example/u/\",\n"
        "  confirm: true, confirm_via: \"inet:127.0.0.1:{1}\" }}\n"
        "guard:\n"
        "  identity: [auth]\n"
        "  limits: [ {{ recipients: 3 per 1h, then: hold }} ]\n"
        "  notify: admin@example.com\n"
        "  notify_via: \"inet:127.0.0.1:{1}\"\n"
        "streams:\n"
        "  - name: newsletters\n"
        "    when: {{ header: {{ List-Id: \"*.example.com\" }} }}\n"
        "    honours: [global, stream, list]\n"
        "    on_opted_out: strip\n"
        "    on_outage: accept\n"
        "    list_unsubscribe: add\n"
        "  - {{ name: trial, mode: monitor, when: {{ sender: \"trial@our.example\" }} }}\n"
        "  - {{ name: default }}\n",
        keys, sink.port());
  }
  void send(const std::string& sender, const std::vector<std::string>& recipients,
            const std::string& list_id = "", const std::string& user = "") {
    MilterClient client(milter.address());
    client.negotiate();
    client.connect();
    client.helo();
    if (!user.empty()) client.set_macro("{auth_authen}", user);
    client.mail(sender);
    for (const std::string& recipient : recipients)
      client.recipient(recipient);
    client.data();
    client.header("From", "news@our.example");
    if (!list_id.empty()) client.header("List-Id", list_id);
    client.end_of_headers();
    client.body("Hello.\r\n");
    client.end_of_message();
    client.quit();
  }
  // Mail of all kinds: passed, refused, stripped, monitored, offered a way out, unsubscribed by
  // mail, with a good token and a bad one, held by the guard.
  void send_all_kinds() {
    ++round;
    const auto ask = [](const std::string& whom) {
      return with_unsubscribe_addresses(fmt::format("<ASK {} global>", whom), "");
    };
    send("<news@our.example>", {"<ann@example.com>", "<bob@example.com>"});
    send("<news@our.example>", {"<ann@example.com>", "<bob@example.com>"}, "<news.example.com>");
    send("<news@our.example>", {"<bob@example.com>"}, "<news.example.com>");
    send("<trial@our.example>", {"<ann@example.com>"});
    send("<carl@example.com>", {ask(fmt::format("carl{}@example.com", round))});
    send("<carl@example.com>", {"<u+nothing@optout.example>"});
    send("<news@our.example>",
         {"<p1@example.com>", "<p2@example.com>", "<p3@example.com>", "<p4@example.com>"}, "",
         fmt::format("user{}", round));
  }
  // Mail while Redis is away, which cannot be told about; and a request that cannot be recorded.
  void send_without_redis() {
    send("<news@our.example>", {"<bob@example.com>"});
    send("<news@our.example>", {"<bob@example.com>"}, "<news.example.com>");
    send("<dora@example.com>", {with_unsubscribe_addresses("<ASK dora@example.com global>", "")});
  }
  // A sample, and every sample a number.
  bool has_answer(const std::string& expression) const {
    const auto samples = prometheus.query(expression);
    return !samples.empty() && std::all_of(samples.begin(), samples.end(), [](const auto& sample) {
      return std::isfinite(std::stod(sample.at("value").at(1).template get<std::string>()));
    });
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(seen_by_prometheus, Watched)

BOOST_AUTO_TEST_CASE(no_query_of_the_dashboard_and_no_alert_is_empty) {
  BOOST_REQUIRE_EQUAL(milter.ctl({"add", "ann@example.com"}).exit_status, 0);
  send_all_kinds();
  redis.freeze();
  send_without_redis();
  redis.thaw();
  std::set<std::string> open;
  for (const Expression& expression : dashboard_expressions("20s"))
    open.insert(expression.text);
  for (const Expression& alert : alert_expressions()) {
    for (const std::string& selector : selectors_in(alert.text))
      open.insert(selector);
  }
  BOOST_TEST(open.size() > 40U);
  wait_until(
      [&] {
        send_all_kinds();  // rates are of what goes on
        std::erase_if(open, [&](const std::string& expression) { return has_answer(expression); });
        return open.empty();
      },
      std::chrono::seconds(40));
  for (const std::string& expression : open)
    BOOST_TEST(open.empty(), "no answer: " << expression);
}

BOOST_AUTO_TEST_CASE(prometheus_takes_every_alert_and_fires_what_happens) {
  redis.freeze();
  send_without_redis();
  redis.thaw();
  send_all_kinds();
  const auto is_active = [&](std::string_view name) {
    for (const auto& rule : prometheus.rules()) {
      if (rule.at("name") == name) return rule.at("state") != "inactive";
    }
    return false;
  };
  const auto all_are_evaluated = [&] {
    const auto rules = prometheus.rules();
    return rules.size() == alert_expressions().size() &&
           std::all_of(rules.begin(), rules.end(),
                       [](const auto& rule) { return rule.at("health") == "ok"; });
  };
  BOOST_TEST(wait_until(all_are_evaluated), prometheus.rules().dump(1));
  BOOST_TEST(!is_active("OptoutReloadFailed"));
  milter.configure("no such setting: 1");
  milter.reload();
  BOOST_TEST(wait_until([&] { return is_active("OptoutReloadFailed"); }));
  BOOST_TEST(wait_until([&] {
    send_all_kinds();
    return is_active("OptoutGuardTripped");
  }));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace optout::test

// What a running daemon has counted, read as Prometheus reads it. The counts themselves are in
// tests/unit/message.

#include "dialogs/needs_daemon.h"
#include "support/http.h"
#include "support/milter_client.h"
#include "support/optout_milter.h"

#include <boost/test/unit_test.hpp>
#include <fmt/format.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string>
#include <system_error>
#include <vector>

namespace optout::test {
namespace {

BOOST_TEST_GLOBAL_FIXTURE(NeedsDaemon);

struct Running {
  SharedDir directory;
  RedisServer redis;
  OptoutMilter milter{redis, unix_socket(directory / "milter.sock")};

  Running() { BOOST_REQUIRE_EQUAL(milter.ctl({"add", "ann@example.com"}).exit_status, 0); }

  MilterClient connected() const {
    MilterClient client(milter.address());
    client.negotiate();
    client.connect();
    client.helo();
    return client;
  }
  // A message to these, who are refused or not.
  void send(const std::vector<std::string>& recipients) const {
    MilterClient client = connected();
    client.mail("<news@shop.example>");
    for (const std::string& recipient : recipients)
      client.recipient(recipient);
    client.data();
    client.end_of_headers();
    client.body("Hello.\r\n");
    client.end_of_message();
    client.quit();
  }
  double value(const std::string& metric) const {
    return metric_on(milter.metrics(), "optout_" + metric).value_or(-1);
  }
  double recipients(const std::string& action) const {
    return value("recipients_total{stream=\"default\",action=\"" + action + "\"}");
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(metrics_of_the_daemon, Running)

BOOST_AUTO_TEST_CASE(a_reload_counts_on_under_other_rules) {
  send({"<ann@example.com>", "<bob@example.com>"});
  BOOST_TEST(recipients("reject") == 1);
  BOOST_TEST(recipients("accept") == 1);
  milter.configure("streams: [ { name: default, mode: monitor } ]");
  milter.reload();
  send({"<ann@example.com>", "<bob@example.com>"});
  BOOST_TEST(recipients("reject") == 1);
  BOOST_TEST(recipients("would-reject") == 1);
  BOOST_TEST(recipients("accept") == 2);
  BOOST_TEST(value("lookups_total{answer=\"listed\"}") == 2);
}

BOOST_AUTO_TEST_CASE(an_outage_is_counted_by_its_fault) {
  redis.stop();
  send({"<bob@example.com>"});
  BOOST_TEST(recipients("defer") == 1);
  BOOST_TEST(value("lookups_total{answer=\"cannot_tell\"}") == 1);
  const double closed = value("lookup_failures_total{fault=\"closed\"}");
  const double unreachable = value("lookup_failures_total{fault=\"unreachable\"}");
  BOOST_TEST(closed + unreachable == 1);
}

BOOST_AUTO_TEST_CASE(sessions_and_open_messages_come_and_go) {
  // The connection with which the start was awaited may not have ended yet.
  BOOST_TEST(wait_until([&] { return value("sessions") == 0; }));
  {
    MilterClient client = connected();
    client.mail("<news@shop.example>");
    client.recipient("<bob@example.com>");
    BOOST_TEST(value("sessions") == 1);
    BOOST_TEST(value("messages_open") == 1);
  }
  BOOST_TEST(wait_until([&] { return value("sessions") == 0; }));
  BOOST_TEST(value("messages_open") == 0);
}

BOOST_AUTO_TEST_CASE(the_page_knows_the_version) {
  const std::string program = std::string(std::getenv("OPTOUT_BIN")) + "/optout-milter";
  std::string version = run({program, "-V"}).out;
  version = version.substr(sizeof("optout-milter"), version.find('\n') - sizeof("optout-milter"));
  BOOST_TEST(value("build_info{version=\"" + version + "\"}") == 1);
}

BOOST_AUTO_TEST_CASE(callers_who_hang_on_hold_up_neither_mail_nor_the_page) {
  std::vector<StreamSocket> slow;
  for (int i = 0; i < 100; ++i) {
    slow.push_back(StreamSocket::connect(milter.metrics_address()));
    slow.back().send("GET /metrics HTTP/1.1\r\nX-Slow: ");
  }
  send({"<ann@example.com>"});
  BOOST_TEST(recipients("reject") == 1);
}

BOOST_AUTO_TEST_CASE(a_reload_cannot_move_the_page_and_says_so) {
  milter.configure("metrics: { listen: \"\" }");
  milter.reload();
  BOOST_TEST(milter.log().has("reload: metrics.listen has changed and takes effect at the next"));
  BOOST_TEST(value("build_info") == -1);
  BOOST_TEST(milter.metrics().starts_with("# HELP optout_recipients_total"));
}

BOOST_AUTO_TEST_CASE(a_taken_port_keeps_the_daemon_from_starting_and_leaves_nothing_behind) {
  const std::string port = std::to_string(milter.metrics_address().port);
  const std::string file = directory / "second.yaml";
  std::ofstream(file) << "listen: unix:" << (directory / "second.sock")
                      << "\nlog: { destination: stderr }\nmetrics: { listen: \"127.0.0.1:" << port
                      << "\" }\n";
  const std::string program = std::string(std::getenv("OPTOUT_BIN")) + "/optout-milter";
  const Finished second = run({program, "-f", "-c", file});
  BOOST_TEST(second.exit_status == 69);
  BOOST_TEST(second.err.find("metrics.listen: 127.0.0.1:" + port + ": Address already in use") !=
             std::string::npos);
  BOOST_TEST(!std::ifstream(directory / "second.sock"));
  BOOST_CHECK_THROW(StreamSocket::connect(unix_socket(directory / "second.sock")),
                    std::system_error);
}

BOOST_AUTO_TEST_CASE(a_stop_gives_the_port_to_the_next_instance_at_once) {
  MilterClient open = connected();
  open.mail("<news@shop.example>");
  const SocketAddress address = milter.metrics_address();
  milter.signal(SIGTERM);
  BOOST_TEST(wait_until([&] {
    try {
      StreamSocket::connect(address);
      return false;
    } catch (const std::system_error&) {
      return true;
    }
  }));
  BOOST_TEST(milter.running());  // for the message under way
  open.quit();
}

BOOST_AUTO_TEST_CASE(without_an_address_nobody_listens) {
  milter.stop();
  milter.configure("metrics: { listen: \"\" }");
  milter.start();
  send({"<ann@example.com>"});
  const std::string log = milter.log().text();
  BOOST_TEST(log.find("metrics on ") == log.rfind("metrics on "));  // of the first start
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace optout::test

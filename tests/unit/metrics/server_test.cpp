// The page over HTTP, whatever callers do.

#include "metrics/server.h"

#include "support/http.h"
#include "support/stream_socket.h"

#include <boost/test/unit_test.hpp>

#include <stdexcept>
#include <string>
#include <vector>

namespace optout {
namespace {

using test::http;
using test::loopback_port;
using test::StreamSocket;

SocketAddress address_of(const MetricsServer& server) {
  const std::string text = server.address();
  return loopback_port(static_cast<std::uint16_t>(std::stoi(text.substr(text.rfind(':') + 1))));
}

struct Served {
  std::string page = "optout_sessions 3\n";
  MetricsServer server{loopback_port(0), [this] { return page; }};
  SocketAddress address = address_of(server);

  Served() { server.serve(); }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(metrics_server)

BOOST_FIXTURE_TEST_CASE(the_page_is_at_metrics_in_the_form_that_prometheus_reads, Served) {
  const auto answer = http(address, "GET", "/metrics");
  BOOST_TEST(answer.status == 200);
  BOOST_TEST(answer.head.find("Content-Type: text/plain; version=0.0.4; charset=utf-8") !=
             std::string::npos);
  BOOST_TEST(answer.body == page);
}

BOOST_FIXTURE_TEST_CASE(it_is_written_anew_for_each_caller, Served) {
  http(address, "GET", "/metrics");
  page = "optout_sessions 4\n";
  BOOST_TEST(http(address, "GET", "/metrics").body == page);
}

BOOST_FIXTURE_TEST_CASE(head_gets_the_head_alone, Served) {
  const auto answer = http(address, "HEAD", "/metrics");
  BOOST_TEST(answer.status == 200);
  BOOST_TEST(answer.head.find("Content-Length: 18") != std::string::npos);
  BOOST_TEST(answer.body.empty());
}

BOOST_FIXTURE_TEST_CASE(there_is_no_other_page_and_nothing_to_change, Served) {
  BOOST_TEST(http(address, "GET", "/").status == 404);
  BOOST_TEST(http(address, "GET", "/metrics/").status == 404);
  const auto refused = http(address, "DELETE", "/metrics");
  BOOST_TEST(refused.status == 405);
  BOOST_TEST(refused.head.find("Allow: GET, HEAD") != std::string::npos);
}

BOOST_FIXTURE_TEST_CASE(who_does_not_speak_http_is_sent_away, Served) {
  StreamSocket caller = StreamSocket::connect(address);
  caller.send(std::string(100'000, 'x') + "\r\n\r\n");
  std::string answer;
  while (caller.receive(answer)) {
  }
  BOOST_TEST(!answer.starts_with("HTTP/1.1 200"));
  BOOST_TEST(http(address, "GET", "/metrics").status == 200);
}

BOOST_FIXTURE_TEST_CASE(callers_who_never_finish_their_request_keep_nobody_out, Served) {
  std::vector<StreamSocket> slow;
  for (int i = 0; i < 200; ++i) {
    slow.push_back(StreamSocket::connect(address));
    slow.back().send("GET /metrics HTTP/1.1\r\nX-Slow: ");
  }
  BOOST_TEST(http(address, "GET", "/metrics").status == 200);
  std::string nothing;
  BOOST_TEST(!slow.front().receive(nothing));  // has made room
}

BOOST_AUTO_TEST_CASE(a_page_that_cannot_be_written_is_no_page) {
  MetricsServer server(loopback_port(0),
                       []() -> std::string { throw std::runtime_error("no page"); });
  server.serve();
  BOOST_CHECK_THROW(http(address_of(server), "GET", "/metrics"), std::runtime_error);
}

BOOST_FIXTURE_TEST_CASE(a_port_that_is_taken_is_named, Served) {
  BOOST_CHECK_EXCEPTION(MetricsServer(address, [] { return ""; }), std::runtime_error,
                        [&](const std::runtime_error& problem) {
                          return problem.what() ==
                                 "metrics.listen: " + server.address() + ": Address already in use";
                        });
}

BOOST_FIXTURE_TEST_CASE(the_next_instance_gets_the_port_as_soon_as_this_one_gives_it_back, Served) {
  server.stop_accepting();
  MetricsServer next(address, [] { return "next"; });
  next.serve();
  BOOST_TEST(http(address, "GET", "/metrics").body == "next");
}

BOOST_AUTO_TEST_CASE(it_may_end_before_it_has_begun) {
  const MetricsServer server(loopback_port(0), [] { return ""; });
  BOOST_TEST(server.address().starts_with("127.0.0.1:"));
  BOOST_TEST(!server.address().ends_with(":0"));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace optout

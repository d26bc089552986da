// The rules for logcheck, held against lines that the daemon really writes.

#include "support/milter_client.h"
#include "support/optout_milter.h"

#include <boost/test/unit_test.hpp>
#include <fmt/format.h>

#include <cstdlib>
#include <fstream>
#include <sstream>

namespace optout::test {
namespace {

bool has(std::string_view text, std::string_view words) {
  return text.find(words) != std::string_view::npos;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(logcheck)

// What logcheck mails to the administrator, of lines as rsyslog writes them.
BOOST_AUTO_TEST_CASE(logcheck_reports_what_is_not_ordinary_and_nothing_else) {
  const SharedDir directory;
  RedisServer redis;
  const std::string path = directory / "m.sock";
  const std::string keys = directory / "token.keys";
  run({std::string(std::getenv("OPTOUT_BIN")) + "/optoutctl", "keys", "new", keys});
  OptoutMilter milter(redis, unix_socket(path),
                      "guard: { limits: [ { recipients_per_message: 3, then: hold } ] }\n"
                      "unsubscribe: { domain: optout.example, link: \"https://optout.example/u/\", "
                      "one_click: yes, keys: " +
                          keys +
                          " }\n"
                          "streams: [ { name: news, when: { sender: [\"*@shop.example\"] }, "
                          "list_unsubscribe: add, honours: [global, stream, list], "
                          "on_opted_out: strip }, { name: default } ]\n");
  redis.cli({"SADD", "optout:set:global", "ann@example.com"});
  const auto send = [&](const std::string& from, const std::vector<std::string>& to) {
    MilterClient client(milter.address());
    client.set_macro("i", "4XyZ1k2l3m");
    client.set_macro("{auth_authen}", "crm");
    client.negotiate();
    client.connect();
    client.helo();
    client.mail(from);
    bool any = false;
    for (const std::string& recipient : to)
      any = client.recipient("<" + recipient + ">").is_positive() || any;
    if (any) {
      client.data();
      client.header("List-Id", "News <weekly.news.example>");
      client.end_of_headers();
      client.end_of_message();
    }
    client.quit();
  };
  const auto write_log = [&](const std::string& text, const std::string& file) {
    std::istringstream lines(text);
    std::ofstream out(file);
    for (std::string line; std::getline(lines, line);) {
      const auto said = line.substr(std::string_view("optout-milter: ").size());
      out << "Nov  2 08:37:01 relay optout-milter[4711]: " << said << '\n'
          << "2026-11-22T08:37:01.123456+01:00 relay-1.example optout-milter[4711]: " << said
          << '\n';
    }
  };
  const auto reported = [&](std::size_t start) {
    write_log(milter.log().text(start), directory / "syslog");
    return run({"grep", "-E", "--text", "-v", "-f",
                std::string(std::getenv("OPTOUT_SOURCE")) + "/packaging/logcheck/optout-milter",
                directory / "syslog"})
        .out;
  };
  send("<news@shop.example>", {"ann@example.com", "bob@example.com"});
  send("<news@shop.example>", {"ann@example.com"});
  send("<boss@our.example>", {"ann@example.com", "postmaster@our.example"});
  send("<>", {"ann@example.com"});
  milter.configure("mode: monitor\nstreams: [ { name: default } ]\n");
  milter.reload();
  send("<boss@our.example>", {"ann@example.com", "bob@example.com"});
  BOOST_TEST(milter.stop() == 0);
  const std::string ordinary = milter.log().text();
  for (const char* words :
       {"action=strip, to=", "action=accept, nrcpt=2", "action=reject, to=",
        "action=would-reject, to=", "list_unsubscribe=added", "serving on", "stopped"}) {
    BOOST_TEST(has(ordinary, words), ordinary);
  }
  BOOST_TEST(reported(0) == "");

  const std::size_t from = milter.log().size();
  milter.configure("guard: { limits: [ { recipients_per_message: 3, then: hold } ] }\n");
  milter.start();
  send("<boss@our.example>", {"a@x.example", "b@x.example", "c@x.example", "d@x.example"});
  redis.stop();
  send("<boss@our.example>", {"bob@example.com"});
  milter.configure("nonsense: 1");
  milter.reload();
  milter.stop();
  const std::string mailed = reported(from);
  std::size_t alarming = 0;
  std::istringstream lines(milter.log().text(from));
  for (std::string line; std::getline(lines, line);) {
    const bool is_alarming = has(line, "warning: ") || has(line, "error: ") ||
                             has(line, "fault=") || has(line, "guard=");
    if (is_alarming) ++alarming;
    BOOST_TEST(has(mailed, line.substr(line.find(": "))) == is_alarming, line);
  }
  BOOST_TEST(alarming >= 4u);
  BOOST_TEST(has(mailed, "guard=recipients_per_message"), mailed);
  BOOST_TEST(has(mailed, "fault="), mailed);
  BOOST_TEST(has(mailed, "reload refused"), mailed);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace optout::test

// What people do with the log: our lines stand beside Postfix' own, in the same file. Grep by queue
// id finds the whole story of a message, and pflogsumm counts as if we were not there.

#include "dialogs/needs_daemon.h"
#include "support/milter_client.h"
#include "support/optout_milter.h"

#include <boost/test/unit_test.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

namespace optout::test {
namespace {

BOOST_TEST_GLOBAL_FIXTURE(NeedsDaemon);

using Lines = std::vector<std::string>;

struct Logged {
  SharedDir directory;
  RedisServer redis;
  OptoutMilter milter{redis, unix_socket(directory / "milter.sock"),
                      "streams: [ { name: newsletters, when: { sender: \"news@our.example\" },"
                      " on_opted_out: strip }, { name: default } ]"};

  Logged() {
    BOOST_REQUIRE_EQUAL(milter.ctl({"add", "ann@example.com", "eve@example.com"}).exit_status, 0);
  }

  void send(const std::string& queue_id, const std::string& sender, const Lines& recipients) {
    MilterClient client(milter.address());
    client.negotiate();
    client.connect();
    client.helo();
    client.set_macro("i", queue_id);
    client.mail(sender);
    for (const std::string& recipient : recipients)
      client.recipient(recipient);
    client.data();
    client.end_of_headers();
    client.body("Hello.\r\n");
    client.end_of_message();
    client.quit();
  }
  // What grep says of our log.
  Lines grep(const std::string& word) const {
    Lines found;
    std::istringstream lines(milter.log().text());
    for (std::string line; std::getline(lines, line);) {
      if (line.find(word) != std::string::npos) found.push_back(line);
    }
    return found;
  }
};

bool has(const std::string& line, std::string_view part) {
  return line.find(part) != std::string::npos;
}

std::ptrdiff_t summaries(const Lines& lines) {
  return std::count_if(lines.begin(), lines.end(),
                       [](const std::string& line) { return has(line, ", nrcpt="); });
}

// As Postfix logs a message that came in and was delivered to `delivered` recipients.
std::string postfix_lines(const std::string& queue_id, const Lines& delivered) {
  constexpr std::string_view kStamp = "Nov 22 10:00:00 mx1 postfix/";
  std::string text = fmt::format(
      "{0}smtpd[11]: {1}: client=crm.example[192.0.2.10]\n"
      "{0}cleanup[12]: {1}: message-id=<{1}@our.example>\n"
      "{0}qmgr[13]: {1}: from=<news@our.example>, size=1000, nrcpt={2} (queue active)\n",
      kStamp, queue_id, delivered.size());
  for (const std::string& recipient : delivered) {
    text += fmt::format(
        "{}smtp[14]: {}: to=<{}>, relay=mx.example.com[192.0.2.20]:25, delay=0.1, "
        "delays=0/0/0/0.1, dsn=2.0.0, status=sent (250 2.0.0 Ok)\n",
        kStamp, queue_id, recipient);
  }
  return text + fmt::format("{}qmgr[13]: {}: removed\n", kStamp, queue_id);
}

// As Postfix logs what we refuse: at RCPT, which pflogsumm 1.1.5 passes over, whichever milter it
// was, and at the end of a message, which it counts.
constexpr std::string_view kRefusedByUs =
    "Nov 22 10:00:00 mx1 postfix/smtpd[11]: 4AAAA00001: milter-reject: RCPT from "
    "crm.example[192.0.2.10]: 550 5.7.1 recipient has opted out of this mail [optout]; "
    "from=<till@our.example> to=<ann@example.com> proto=ESMTP helo=<crm.example>\n"
    "Nov 22 10:00:00 mx1 postfix/cleanup[12]: 4AAAA00005: milter-reject: END-OF-MESSAGE from "
    "crm.example[192.0.2.10]: 5.7.1 recipient has opted out of this mail [optout]; "
    "from=<till@our.example> to=<ann@example.com> proto=ESMTP helo=<crm.example>\n";

std::string grand_totals(const std::string& report) {
  const std::size_t begin = report.find("Grand Totals");
  const std::size_t end = report.find("Per-Hour", begin);
  BOOST_REQUIRE(begin != std::string::npos);
  return report.substr(begin, end - begin);
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(the_log_that_people_read, Logged)

BOOST_AUTO_TEST_CASE(grep_by_queue_id_finds_each_refusal_and_one_summary) {
  send("4AAAA00001", "<till@our.example>",
       {"<ann@example.com>", "<bob@example.com>", "<eve@example.com>"});
  const Lines lines = grep("4AAAA00001: ");
  BOOST_TEST_REQUIRE(lines.size() == 3U);
  BOOST_TEST(has(lines[0], "4AAAA00001: action=reject, to=<ann@example.com>, set=global, since="));
  BOOST_TEST(has(lines[1], "4AAAA00001: action=reject, to=<eve@example.com>"));
  BOOST_TEST(has(lines[2],
                 "4AAAA00001: action=accept, nrcpt=3, refused=2, stream=default, "
                 "from=<till@our.example>, sid="));
}

BOOST_AUTO_TEST_CASE(whoever_is_stripped_has_a_line_and_every_message_one_summary) {
  send("4AAAA00002", "<news@our.example>",
       {"<ann@example.com>", "<bob@example.com>", "<eve@example.com>"});
  send("4AAAA00003", "<news@our.example>", {"<bob@example.com>"});
  const Lines stripped = grep("4AAAA00002: ");
  BOOST_TEST(stripped.size() == 3U);
  BOOST_TEST(summaries(stripped) == 1);
  BOOST_TEST(has(stripped.back(), "action=accept, nrcpt=3, stripped=2, stream=newsletters"));
  const Lines passed = grep("4AAAA00003: ");
  BOOST_TEST(passed.size() == 1U);
  BOOST_TEST(summaries(passed) == 1);
}

BOOST_AUTO_TEST_CASE(AT_13_nothing_from_outside_ends_a_line_or_begins_another) {
  const std::string forged = "<a\nNov 22 postfix/smtp[1]: 4BBBB: to=<x@example.com>, status=sent>";
  send("4AAAA00004", "<news@our.example>", {forged, "<\x1b[2Jann@example.com>"});
  for (const std::string& line : grep("")) {
    BOOST_TEST(std::none_of(line.begin(), line.end(),
                            [](unsigned char c) { return c < 0x20 || c == 0x7f; }),
               line);
    BOOST_TEST(!line.starts_with("Nov 22"), line);
  }
}

BOOST_AUTO_TEST_CASE(pflogsumm_counts_with_our_lines_as_it_does_without) {
  if (!find_program("pflogsumm")) {
    BOOST_TEST_MESSAGE("skipped: pflogsumm is not installed");
    return;
  }
  send("4AAAA00001", "<till@our.example>", {"<ann@example.com>", "<bob@example.com>"});
  send("4AAAA00002", "<news@our.example>", {"<ann@example.com>", "<carl@example.com>"});
  redis.stop();
  send("4AAAA00003", "<news@our.example>", {"<dora@example.com>"});

  const std::string theirs = std::string(kRefusedByUs) +
                             postfix_lines("4AAAA00001", {"bob@example.com"}) +
                             postfix_lines("4AAAA00002", {"carl@example.com"});
  std::string ours;
  for (const std::string& line : grep("optout-milter: ")) {
    constexpr std::string_view kName = "optout-milter: ";
    ours += fmt::format("Nov 22 10:00:00 mx1 optout-milter[99]: {}\n",
                        line.substr(line.find(kName) + kName.size()));
  }
  BOOST_TEST(std::count(ours.begin(), ours.end(), '\n') > 6);
  const auto report = [&](std::string_view name, const std::string& text) {
    const std::string file = directory / std::string(name);
    std::ofstream(file) << text;
    const Finished done = run({"pflogsumm", file});
    BOOST_TEST(done.exit_status == 0, done.err);
    BOOST_TEST(done.err == "");
    return done.out;
  };
  const std::string with_ours = report("mail.log", ours + theirs);
  BOOST_TEST(grand_totals(with_ours) == grand_totals(report("postfix.log", theirs)));
  BOOST_TEST(has(with_ours, "2   received"), with_ours);
  BOOST_TEST(has(with_ours, "2   delivered"), with_ours);
  BOOST_TEST(has(with_ours, "1   rejected"), with_ours);
  BOOST_TEST(has(with_ours, "5.7.1 recipient has opted out"), with_ours);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace optout::test

// What an administrator reads when the guard has stopped a sender, to the octet, and what no name
// can make of it: another line, another field, another command.

#include "confirm/trip_notice.h"

#include "support/process.h"

#include <boost/test/unit_test.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <string>
#include <string_view>
#include <vector>

namespace optout {
namespace {

using namespace std::chrono_literals;

constexpr std::chrono::sys_seconds kNow =
    std::chrono::sys_days{std::chrono::November / 22 / 2026} + 9h + 50min + 1s;
constexpr std::size_t kLongestLine = 998;  // RFC 5322 2.1.1, without CRLF

TripNotice held() {
  return {.sender = "auth:crm",
          .note = {.kind = LimitKind::recipients,
                   .limit = "recipients/1h",
                   .trip = {.until = 1795344600000,
                            .since = "2026-11-22T09:50:00Z",
                            .step = "hold",
                            .count = 501,
                            .limit = "500 per 1h",
                            .relay = "mx1",
                            .message = "4TbXyZ1k2l"},
                   .passed = {"mx1/4TbXyA1k2l", "mx2/4TbXy91k2l"},
                   .passed_in_all = 2},
          .relay = "mx1.example.com",
          .address = "admin@example.com"};
}

std::string message(const TripNotice& notice) {
  return to_message(notice, kNow, "0123abcd");
}

// Lines, without their ends.
std::vector<std::string> lines(const std::string& text) {
  std::vector<std::string> found;
  for (std::size_t start = 0; start < text.size();) {
    const auto end = text.find("\r\n", start);
    found.push_back(text.substr(start, end - start));
    start = end == std::string::npos ? end : end + 2;
  }
  return found;
}

// What is below the header, behind "message ID".
std::string advice(const TripNotice& notice) {
  const std::string text = message(notice);
  return text.substr(text.find("\r\n\r\n", text.find("    message  ")) + 4);
}

bool has(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

TripNotice of_kind(LimitKind kind, const std::string& step) {
  TripNotice notice = held();
  notice.note.kind = kind;
  notice.note.trip.step = step;
  notice.note.passed.clear();
  return notice;
}

TripNotice from_sender(std::string sender) {
  TripNotice notice = held();
  notice.sender = std::move(sender);
  return notice;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(trip_notice)

BOOST_AUTO_TEST_CASE(the_whole_of_it) {
  BOOST_TEST(message(held()) ==
             "Date: Sun, 22 Nov 2026 09:50:01 +0000\r\n"
             "From: <postmaster@example.com>\r\n"
             "To: <admin@example.com>\r\n"
             "Subject: [optout-milter mx1.example.com] auth:crm has passed recipients/1h\r\n"
             "Message-ID: <0123abcd@example.com>\r\n"
             "Auto-Submitted: auto-generated\r\n"
             "MIME-Version: 1.0\r\n"
             "Content-Type: text/plain; charset=us-ascii\r\n"
             "Content-Transfer-Encoding: 7bit\r\n"
             "\r\n"
             "The bulk guard on mx1.example.com has found too much mail of one sender.\r\n"
             "\r\n"
             "    sender   auth:crm\r\n"
             "    limit    500 per 1h\r\n"
             "    counted  501\r\n"
             "    since    2026-11-22T09:50:00Z\r\n"
             "    message  4TbXyZ1k2l\r\n"
             "\r\n"
             "For now, its mail is held in the queue of the MTA.\r\n"
             "To let the sender go on, type one of\r\n"
             "\r\n"
             "    optoutctl guard release auth:crm\r\n"
             "    optoutctl guard allow auth:crm 10000 for 2h\r\n"
             "\r\n"
             "Mail of this sender that had gone out before (2), latest first:\r\n"
             "\r\n"
             "    mx1/4TbXyA1k2l\r\n"
             "    mx2/4TbXy91k2l\r\n");
}

BOOST_AUTO_TEST_CASE(in_monitor_mode_it_says_that_nothing_is_done_and_releases_nobody) {
  TripNotice notice = of_kind(LimitKind::recipients, "reject");
  notice.note.trip.monitored = true;
  BOOST_TEST(advice(notice) ==
             "In monitor mode nothing is done; else its mail would be rejected.\r\n"
             "To allow the sender more for a while, type\r\n"
             "\r\n"
             "    optoutctl guard allow auth:crm 10000 for 2h\r\n");
}

BOOST_AUTO_TEST_CASE(of_a_limit_that_only_warns_it_says_so) {
  const std::string text = advice(of_kind(LimitKind::recipients, "warn"));
  BOOST_TEST(text.starts_with("This limit only warns: mail goes out all the same.\r\n"));
  BOOST_TEST(!has(text, "release"));
}

BOOST_AUTO_TEST_CASE(a_share_of_opted_out_people_is_counted_out_of_so_many) {
  TripNotice notice = of_kind(LimitKind::opted_out, "defer");
  notice.note.trip.count = 12;
  notice.note.trip.of = 55;
  notice.note.trip.limit = "20% of at least 50 per 1h";
  BOOST_TEST(has(message(notice),
                 "    limit    20% of at least 50 per 1h\r\n"
                 "    counted  12 of 55\r\n"));
  // No number of people that are allowed makes up for those who have opted out.
  BOOST_TEST(advice(notice) ==
             "For now, its mail is deferred.\r\n"
             "To let the sender go on, type\r\n"
             "\r\n"
             "    optoutctl guard release auth:crm\r\n");
  notice.note.trip.monitored = true;
  BOOST_TEST(advice(notice) ==
             "In monitor mode nothing is done; else its mail would be deferred.\r\n");
}

BOOST_AUTO_TEST_CASE(of_one_message_that_is_too_big_there_is_nothing_to_release) {
  TripNotice notice = of_kind(LimitKind::recipients_per_message, "hold");
  notice.note.trip.count = 340;
  BOOST_TEST(advice(notice) ==
             "For now, the message is held in the queue of the MTA.\r\n"
             "To let the sender go on, type\r\n"
             "\r\n"
             "    optoutctl guard allow auth:crm 340 for 1h\r\n");
}

BOOST_AUTO_TEST_CASE(of_one_message_to_many_only_that_message_is_kept_back) {
  BOOST_TEST(advice(of_kind(LimitKind::same_message, "reject"))
                 .starts_with("For now, the message is rejected.\r\n"));
}

BOOST_AUTO_TEST_CASE(a_message_that_the_MTA_has_not_named_yet_is_NOQUEUE) {
  TripNotice notice = held();
  notice.note.trip.message.clear();
  BOOST_TEST(has(message(notice), "    message  NOQUEUE\r\n"));
}

BOOST_AUTO_TEST_CASE(not_more_than_a_hundred_messages_are_named) {
  TripNotice notice = held();
  notice.note.passed.assign(500, "mx1/4TbXyA1k2l");
  notice.note.passed_in_all = 723;
  const auto all = lines(advice(notice));
  BOOST_TEST(std::count(all.begin(), all.end(), "    mx1/4TbXyA1k2l") == 100);
  BOOST_TEST(all.back() == "    ...");
  BOOST_TEST(has(advice(notice), "gone out before (723), latest first:"));
  notice.note.passed.resize(100);
  BOOST_TEST(lines(advice(notice)).back() == "    mx1/4TbXyA1k2l");
}

// RFC 5322 3.6: the origin date and From, no field twice. RFC 3834 5: Auto-Submitted.
BOOST_AUTO_TEST_CASE(the_header_has_each_field_once) {
  const auto all = lines(message(held()));
  for (const char* field :
       {"Date", "From", "To", "Subject", "Message-ID", "Auto-Submitted", "MIME-Version"}) {
    const auto is_it = [&](const std::string& line) {
      return line.starts_with(fmt::format("{}: ", field));
    };
    BOOST_TEST(std::count_if(all.begin(), all.end(), is_it) == 1, field);
  }
}

BOOST_AUTO_TEST_CASE(a_subject_that_does_not_fit_stands_on_a_line_of_its_own) {
  BOOST_TEST(has(message(from_sender("auth:" + std::string(60, 'a'))),
                 "\r\nSubject:\r\n [optout-milter mx1.example.com] auth:aaaa"));
}

BOOST_AUTO_TEST_CASE(no_name_whatever_breaks_a_line_or_makes_it_too_long) {
  std::string every_octet;
  for (int c = 0; c < 256; ++c)
    every_octet += static_cast<char>(c);
  for (const std::string& name :
       {std::string("auth:x\r\nBcc: eve@example.org\r\n\r\nHello"), std::string("a\nb"),
        std::string("a\rb"), std::string("a\0b", 3),
        std::string("b\xc3\xbc"
                    "cher"),
        std::string("\xff\xfe"), every_octet, std::string(10'000, 'a'), std::string(10'000, '\''),
        std::string(10'000, '\n'), std::string(10'000, '\xc3'), std::string(10'000, ' '),
        std::string()}) {
    TripNotice notice = held();
    notice.sender = notice.relay = notice.note.limit = notice.note.trip.limit = name;
    notice.note.trip.message = name;
    notice.note.passed.assign(3, name);
    const std::string text = message(notice);
    BOOST_TEST(text.ends_with("\r\n"));
    for (const std::string& line : lines(text)) {
      BOOST_TEST(line.size() <= kLongestLine);
      BOOST_TEST(std::all_of(line.begin(), line.end(), [](char c) { return c >= ' ' && c < 0x7f; }),
                 line);
    }
    // As many lines as ever, but for a Subject of two.
    const std::size_t usual = lines(message(held())).size() + 1;
    BOOST_TEST((lines(text).size() == usual || lines(text).size() == usual + 1));
  }
}

// SASL knows users by any name; what the administrator is told to type runs nothing else.
BOOST_AUTO_TEST_CASE(a_name_is_one_word_of_a_shell_command) {
  const std::string name = "auth:$(date)`id`;o'b\"rien&|<>(){}[]*?~!#\\%|x=1/offers";
  std::string command = advice(from_sender(name));
  command = command.substr(command.find("optoutctl guard release"));
  command = command.substr(0, command.find("\r\n"));
  const test::Finished done =
      test::run({"sh", "-c", "optoutctl() { printf '%s\\n' \"$@\"; }\n" + command});
  BOOST_TEST(done.out == "guard\nrelease\n" + name + "\n");
  BOOST_TEST(done.err == "");
}

BOOST_AUTO_TEST_CASE(the_longest_name_there_is_can_be_typed) {
  const std::string longest = "sender:" + std::string(200, 'a') + "/" + std::string(64, 's');
  BOOST_TEST(has(message(from_sender(longest)), "guard release " + longest + "\r\n"));
  std::string foreign = "sender:";
  for (int i = 0; i < 200; ++i)
    foreign += "%c3";
  foreign += "/" + std::string(64, 's');
  BOOST_TEST(has(message(from_sender(foreign)), "guard release " + foreign + "\r\n"));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace optout

// What -T says about when mail is decided.

#include "policy/when_decided.h"

#include "spelled_streams.h"

#include <boost/test/unit_test.hpp>
#include <rapidcheck.h>

#include <algorithm>

namespace optout {
namespace {

Stream by_list_id(Stream stream) {
  stream.when.header = {{"list-id", {"*.news.example.com"}}};
  return stream;
}

Stream by_user(Stream stream, const std::string& user = "shop") {
  stream.when.auth = {user};
  return stream;
}

const Stream kReceipts = by_user(test::stream("name=receipts honours=bounce,block"));
const Stream kNews = by_list_id(test::stream("name=news honours=global,list,bounce"));
const Stream kStrippedNews = by_list_id(test::stream("name=news strip"));
const Stream kMonitoredNews = by_list_id(test::stream("name=news monitor"));
const Stream kDefault;

std::string said_of(const std::string& name, const std::vector<Stream>& streams) {
  for (const WhenDecided& when : when_decided(streams)) {
    if (when.stream == name) return when.chosen + " | " + when.decided;
  }
  return "nothing";
}

std::string why_seen(const std::string& name, const std::vector<Stream>& streams) {
  for (const WhenDecided& when : when_decided(streams)) {
    if (when.stream == name) return when.seen;
  }
  return "nothing";
}

}  // namespace

BOOST_AUTO_TEST_SUITE(when_mail_is_decided)

BOOST_AUTO_TEST_CASE(a_stream_known_by_its_envelope_decides_at_once) {
  BOOST_TEST(said_of("receipts", {kReceipts, kNews, kDefault}) == "at MAIL | at RCPT");
}

BOOST_AUTO_TEST_CASE(the_set_of_a_list_waits_for_its_name) {
  BOOST_TEST(said_of("default", {kDefault}) ==
             "at MAIL | at RCPT for global, complaint, bounce, block; "
             "at end of message for list, which the header names");
}

BOOST_AUTO_TEST_CASE(what_all_that_can_win_honour_is_refused_at_rcpt) {
  const std::string differ = "as not every stream that can still win honours the same";
  BOOST_TEST(said_of("news", {kReceipts, kNews, kDefault}) ==
             "at the end of the header, by list-id | "
             "at RCPT for global, bounce; at end of message for list, which the header names");
  BOOST_TEST(said_of("default", {kReceipts, kNews, kDefault}) ==
             "at the end of the header: news comes first, by list-id | "
             "at RCPT for global, bounce; at end of message for list, complaint, block, " +
                 differ);
  BOOST_TEST(said_of("receipts", {kNews, kReceipts, kDefault}) ==
             "at the end of the header: news comes first, by list-id | "
             "at RCPT for bounce; at end of message for block, " +
                 differ);
}

BOOST_AUTO_TEST_CASE(streams_that_honour_the_same_decide_at_once) {
  Stream plain = by_list_id(test::stream("name=news honours=global,bounce"));
  const Stream rest = test::stream("honours=bounce,global");
  BOOST_TEST(said_of("default", {plain, rest}) ==
             "at the end of the header: news comes first, by list-id | at RCPT");
}

BOOST_AUTO_TEST_CASE(one_that_does_not_refuse_keeps_all_waiting) {
  BOOST_TEST(said_of("news", {kStrippedNews, kDefault}) ==
             "at the end of the header, by list-id | at end of message: its on_opted_out is strip");
  BOOST_TEST(said_of("default", {kStrippedNews, kDefault}) ==
             "at the end of the header: news comes first, by list-id | "
             "at end of message: news can still win at RCPT, and its on_opted_out is strip");
  BOOST_TEST(said_of("default", {kMonitoredNews, kDefault}) ==
             "at the end of the header: news comes first, by list-id | "
             "at end of message: news can still win at RCPT, and its mode is another");
}

BOOST_AUTO_TEST_CASE(the_envelope_may_leave_out_one_that_looks_at_the_header) {
  BOOST_TEST(said_of("default", {by_user(kStrippedNews), kDefault}) ==
             "at MAIL, or at the end of the header where news can still win, by list-id | "
             "at RCPT for global, complaint, bounce, block; at end of message for list, which the "
             "header names (where news can still win: "
             "at end of message: news can still win at RCPT, and its on_opted_out is strip)");
  Stream crm = kReceipts;
  crm.name = "crm";
  crm.when.auth = {"crm"};
  BOOST_TEST(said_of("crm", {by_user(kStrippedNews), crm, kDefault}) == "at MAIL | at RCPT");
}

BOOST_AUTO_TEST_CASE(who_takes_all_mail_of_a_stream_leaves_none_to_those_behind) {
  const Stream news =
      by_list_id(by_user(test::stream("name=news honours=global,stream,list,bounce"), "crm"));
  const Stream crm = by_user(test::stream("name=crm honours=global,bounce"), "crm*");
  const Stream rest = test::stream("strip");
  BOOST_TEST(said_of("news", {news, crm, rest}) ==
             "at the end of the header, by list-id | at RCPT for global, bounce; at end of message "
             "for stream, list, as not every stream that can still win honours the same");
  BOOST_TEST(said_of("crm", {news, crm, rest}) ==
             "at MAIL, or at the end of the header where news can still win, by list-id | at RCPT");
  BOOST_TEST(said_of("default", {news, crm, rest}) ==
             "at MAIL | at end of message: its on_opted_out is strip");
  BOOST_TEST(said_of("default", {news, crm, test::stream("monitor honours=global")}) ==
             "at MAIL | at RCPT");
  Stream office = news;
  office.when.auth.clear();
  office.when.client = {*parse_ip_network("192.0.2.0/28")};
  Stream site = crm;
  site.when = {.client = {*parse_ip_network("192.0.2.0/24")}};
  BOOST_TEST(said_of("default", {office, site, rest}).starts_with("at MAIL | "));
  site.when.client = {*parse_ip_network("192.0.2.0/29")};  // takes only some of its mail
  BOOST_TEST(said_of("default", {office, site, rest}).starts_with("at MAIL, or at the end of "));
}

BOOST_AUTO_TEST_CASE(streams_that_never_meet_are_not_told_of_each_other) {
  const Stream n1 = by_list_id(by_user(test::stream("name=n1"), "crm"));
  const Stream n2 = by_list_id(by_user(test::stream("name=n2 strip"), "shop"));
  const std::string at_recipient =
      "at RCPT for global, complaint, bounce, block; at end of message for list, which the header "
      "names";
  const auto strips = [](const std::string& name) {
    return "where " + name + " can still win: at end of message: " + name +
           " can still win at RCPT, and its on_opted_out is strip";
  };
  BOOST_TEST(said_of("n1", {n1, n2, kDefault}) ==
             "at the end of the header, by list-id | " + at_recipient);
  BOOST_TEST(said_of("default", {n1, n2, kDefault}) ==
             "at MAIL, or at the end of the header where n1 can still win, by list-id | " +
                 at_recipient + " (" + strips("n2") + ")");
  std::vector<Stream> many;
  for (const char* name : {"a", "b", "c", "d", "e"}) {
    many.push_back(by_list_id(by_user(test::stream("strip"), name)));
    many.back().name = name;
  }
  many.push_back(kDefault);
  BOOST_TEST(said_of("default", many)
                 .ends_with(" (" + strips("a") + "; " + strips("b") + "; " + strips("c") +
                            "; and so on)"));
}

BOOST_AUTO_TEST_CASE(where_the_envelope_gives_mail_to_another_those_behind_cannot_win) {
  const Stream crm = by_user(test::stream("name=crm honours=global,list,bounce"), "crm");
  const std::string strips =
      "at end of message: default can still win at RCPT, and its "
      "on_opted_out is strip";
  BOOST_TEST(said_of("news", {kNews, crm, test::stream("strip")}) ==
             "at the end of the header, by list-id | " + strips +
                 " (where crm can still win: at RCPT for global, bounce; at end of message for "
                 "list, which the header names)");
}

// What is said without a condition holds for whatever the stream may win.
BOOST_AUTO_TEST_CASE(what_is_said_of_a_stream_is_so_at_rcpt) {
  BOOST_TEST(rc::check([] {
    const std::vector<std::string> patterns{"a", "b", "a*", "*b", "*"};
    std::vector<Stream> streams(static_cast<std::size_t>(*rc::gen::inRange(2, 6)));
    for (std::size_t i = 0; i < streams.size(); ++i) {
      Stream& stream = streams[i];
      stream.name = "s" + std::to_string(i);
      stream.on_opted_out =
          *rc::gen::weightedElement<OnOptedOut>({{4, OnOptedOut::reject}, {1, OnOptedOut::strip}});
      stream.mode = *rc::gen::weightedElement<Mode>({{4, Mode::enforce}, {1, Mode::monitor}});
      if (i + 1 == streams.size()) break;
      if (*rc::gen::arbitrary<bool>()) stream.when.auth = {*rc::gen::elementOf(patterns)};
      if (*rc::gen::arbitrary<bool>()) stream.when.listener = {*rc::gen::elementOf(patterns)};
      if (*rc::gen::arbitrary<bool>()) stream.when.header = {{"x-a", {"*"}}};
    }
    const std::vector<WhenDecided> said = when_decided(streams);
    const StreamSelector selector(streams);
    for (const std::string auth : {"", "a", "b", "ab", "x"}) {
      for (const std::string listener : {"", "a", "b", "ab", "x"}) {
        const Envelope envelope{.sender = "a@b.example", .auth = auth, .listener = listener};
        const Selection selection(selector, envelope);
        for (const Stream* stream : selection.candidates()) {
          const WhenDecided& when = said[static_cast<std::size_t>(stream - streams.data())];
          if (when.chosen == "at MAIL") RC_ASSERT(selection.decided());
          if (when.decided.find("(where") != std::string::npos) continue;
          RC_ASSERT(when.decided.starts_with("at RCPT") ==
                    decides_at_recipient(selection.candidates(), envelope));
        }
      }
    }
  }));
}

BOOST_AUTO_TEST_CASE(of_too_many_streams_nothing_is_said) {
  BOOST_TEST(when_decided(std::vector<Stream>(kMostDescribed)).size() == kMostDescribed);
  BOOST_TEST(when_decided(std::vector<Stream>(kMostDescribed + 1)).empty());
}

BOOST_AUTO_TEST_CASE(SC_15_mail_without_a_sender_waits) {
  Stream bounces = kReceipts;
  bounces.when = {.sender = {"<>"}};
  BOOST_TEST(said_of("receipts", {bounces, kDefault}) ==
             "at MAIL | at end of message: mail without a sender is");
}

BOOST_AUTO_TEST_CASE(who_changes_the_header_refuses_at_rcpt_but_sees_the_content) {
  const Stream offers =
      by_user(test::stream("name=offers honours=global,stream unsubscribe=replace"));
  BOOST_TEST(said_of("offers", {offers, kDefault}) == "at MAIL | at RCPT");
  BOOST_TEST(why_seen("offers", {offers, kDefault}) == "its list_unsubscribe is replace");
  BOOST_TEST(why_seen("default", {offers, kDefault}) == "");
}

BOOST_AUTO_TEST_CASE(one_that_changes_the_header_shows_the_content_of_others) {
  const Stream news =
      by_list_id(test::stream("name=news honours=global,stream,list unsubscribe=add"));
  BOOST_TEST(why_seen("default", {news, kDefault}) ==
             "news can still win at RCPT, and its list_unsubscribe is add");
  BOOST_TEST(why_seen("default", {by_user(news), kDefault}) ==
             "where news can still win, its list_unsubscribe is add");
  BOOST_TEST(why_seen("default", {kNews, kDefault}) == "");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace optout

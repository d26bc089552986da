// What -T says about when mail is decided.

#include "policy/when_decided.h"

#include "spelled_streams.h"

#include <boost/test/unit_test.hpp>

namespace optout {
namespace {

Stream by_list_id(Stream stream) {
  stream.when.header = {{"list-id", {"*.news.example.com"}}};
  return stream;
}

Stream by_user(Stream stream) {
  stream.when.auth = {"shop"};
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

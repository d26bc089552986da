// Every recipe of config/recipes does what it says, as far as mail can show it. A recipe has a test
// suite of its name.
//
// Ann has opted out of everything; bob has not.

#include "mta/needs.h"
#include "mta/placement.h"
#include "mta/relay.h"

#include <boost/test/unit_test.hpp>
#include <grp.h>
#include <sys/stat.h>

#include <algorithm>

namespace optout::test {
namespace {

using namespace std::string_literals;

const std::string kAnn = "ann@example.com";
const std::string kBob = "bob@example.com";
const std::vector<std::string> kBoth{kAnn, kBob};
const std::string kAnnAndBob = "<ann@example.com> <bob@example.com>";
const std::string kJustAnn = "<ann@example.com>";
const std::string kJustBob = "<bob@example.com>";

struct NeedsMta {
  NeedsMta() { skip_all_if(Relay::unavailable()); }
};
BOOST_TEST_GLOBAL_FIXTURE(NeedsMta);

// Where nothing says otherwise, this is what a placement is for.
template <typename Placement>
void ann_is_refused_and_bob_gets_his_mail(Placement& placement, const std::string& listener) {
  const Outcome outcome = placement.send(listener, kBoth);
  BOOST_TEST(outcome.refused(), outcome.reply);
  BOOST_TEST(outcome.delivered == kJustBob);
}

}  // namespace

BOOST_AUTO_TEST_CASE(every_recipe_is_tested) {
  const auto& all = boost::unit_test::framework::master_test_suite();
  for (const std::string& recipe : Recipe::names()) {
    std::string suite = recipe;
    std::replace(suite.begin(), suite.end(), '-', '_');
    BOOST_TEST((all.get(suite) != boost::unit_test::INV_TEST_UNIT_ID), recipe);
  }
}

BOOST_AUTO_TEST_SUITE(socket)

BOOST_AUTO_TEST_CASE(serves_postfix_in_a_chroot_and_outside) {
  for (const bool chroot : {true, false}) {
    PostfixPlacement placement("socket", {}, chroot);
    placement.opt_out({kAnn});
    ann_is_refused_and_bob_gets_his_mail(placement, "smtp");
  }
}

BOOST_AUTO_TEST_CASE(lets_in_the_group_postfix_and_nobody_else) {
  const PostfixPlacement placement("socket");
  struct stat status {};
  BOOST_TEST_REQUIRE(::stat(placement.milter.address().path.c_str(), &status) == 0);
  BOOST_TEST((status.st_mode & 07777U) == 0660U);
  BOOST_TEST(status.st_gid == ::getgrnam("postfix")->gr_gid);
}

// Why the recipe has no slash there.
BOOST_AUTO_TEST_CASE(is_found_by_a_whole_path_only_in_the_chroot) {
  const Replacements whole_path{{"unix:optout-milter/", "unix:/optout-milter/"}};
  PostfixPlacement inside("socket", whole_path, true);
  BOOST_TEST(inside.send("smtp", {kBob}).accepted());
  PostfixPlacement outside("socket", whole_path, false);
  BOOST_TEST(outside.send("smtp", {kBob}).deferred());
  BOOST_TEST(
      outside.postfix.log().will_have("connect to Milter service No such file or directory"));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(tcp)

BOOST_AUTO_TEST_CASE(works_as_a_socket_does) {
  PostfixPlacement placement("tcp");
  placement.opt_out({kAnn});
  ann_is_refused_and_bob_gets_his_mail(placement, "smtp");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(submission_and_relay)

BOOST_AUTO_TEST_CASE(outgoing_mail_is_asked_about_and_incoming_mail_is_not) {
  PostfixPlacement placement("submission-and-relay");
  placement.opt_out({kAnn});
  for (const char* outgoing : {"10.0.0.25:smtp", "submission", "submissions"})
    ann_is_refused_and_bob_gets_his_mail(placement, outgoing);
  BOOST_TEST(placement.decided() == 3);
  const Outcome incoming = placement.send("192.0.2.25:smtp", kBoth);
  BOOST_TEST(incoming.accepted());
  BOOST_TEST(incoming.delivered == kAnnAndBob);
  BOOST_TEST(placement.decided() == 3);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(pickup)

BOOST_AUTO_TEST_CASE(who_opted_out_is_taken_off_and_the_others_get_the_mail) {
  PostfixPlacement placement("pickup");
  placement.opt_out({kAnn});
  const Outcome outcome = placement.submit(kBoth);
  BOOST_TEST(outcome.reply == "0");  // sendmail(1) is content
  BOOST_TEST(outcome.delivered == kJustBob);
  BOOST_TEST(!placement.postfix.log().has("milter configuration error"));  // refused at RCPT
}

BOOST_AUTO_TEST_CASE(a_message_to_nobody_else_goes_back_to_its_sender) {
  PostfixPlacement placement("pickup");
  placement.opt_out({kAnn});
  placement.postfix.submit("cron@shop.example", {kAnn}, "Subject: x\n\nHello\n");
  BOOST_TEST(placement.sink.wait_for([](const auto& all) { return !all.empty(); }));
  const auto bounces = placement.sink.deliveries();
  BOOST_TEST_REQUIRE(bounces.size() == 1);
  BOOST_TEST(bounces[0].went_to("<cron@shop.example>"));
  BOOST_TEST((bounces[0].data.find("recipient has opted out") != std::string::npos));
  BOOST_TEST(placement.postfix.wait_until_empty());
  BOOST_TEST(placement.decided() == 1);  // nobody asked about the bounce
}

BOOST_AUTO_TEST_CASE(mail_by_smtp_is_not_asked_about_twice) {
  PostfixPlacement placement("pickup");
  BOOST_TEST(placement.send("smtp", {kBob}).delivered == kJustBob);
  BOOST_TEST(placement.decided() == 1);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(listeners)

BOOST_AUTO_TEST_CASE(each_has_the_rules_of_its_stream) {
  PostfixPlacement placement("listeners");
  placement.opt_out({kAnn});
  placement.opt_out({"dora@example.com"}, "bounce");
  ann_is_refused_and_bob_gets_his_mail(placement, "submission");

  const Outcome bulk = placement.send("2525", kBoth);
  BOOST_TEST(bulk.accepted());
  BOOST_TEST(bulk.delivered == kJustBob);

  const Outcome receipts = placement.send("2526", {kAnn, "dora@example.com"});
  BOOST_TEST(receipts.refused());
  BOOST_TEST(receipts.delivered == kJustAnn);

  for (const char* stream : {"default", "newsletters", "receipts"})
    BOOST_TEST(placement.milter.log().has("nrcpt=2, stream="s + stream));

  placement.milter.kill();
  BOOST_TEST(placement.send("2525", {kBob}).deferred());  // as it says in the braces
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(content_filter)

BOOST_AUTO_TEST_CASE(a_message_is_asked_about_once) {
  PostfixPlacement placement("content-filter");
  placement.opt_out({kAnn});
  ann_is_refused_and_bob_gets_his_mail(placement, "smtp");
  BOOST_TEST(placement.decided() == 1);
  BOOST_TEST(placement.submit(kBoth).delivered == kJustBob);
  BOOST_TEST(placement.decided() == 2);
}

// What the line is for that matters.
BOOST_AUTO_TEST_CASE(without_no_milters_it_is_asked_about_twice) {
  PostfixPlacement placement("content-filter", {{",no_milters", ""}});
  BOOST_TEST(placement.send("smtp", {kBob}).delivered == kJustBob);
  BOOST_TEST(placement.decided() == 2);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(proxy_filter)

BOOST_AUTO_TEST_CASE(behind_the_filter_a_refusal_reaches_the_client) {
  PostfixPlacement placement("proxy-filter");
  placement.opt_out({kAnn});
  ann_is_refused_and_bob_gets_his_mail(placement, "submission");
}

BOOST_AUTO_TEST_CASE(behind_the_filter_the_header_is_read_and_people_are_taken_off) {
  PostfixPlacement placement("proxy-filter");
  placement.opt_out({kAnn}, "list:news.example.com");
  const Outcome outcome =
      placement.send("submission", kBoth, "List-Id: <news.example.com>\r\n\r\nHello\r\n");
  BOOST_TEST(outcome.accepted());
  BOOST_TEST(outcome.delivered == kJustBob);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(sendmail, *needs<Sendmail>())

BOOST_AUTO_TEST_CASE(each_listener_has_its_filter_and_the_rules_of_its_stream) {
  SendmailPlacement placement("sendmail");
  placement.opt_out({kAnn});
  ann_is_refused_and_bob_gets_his_mail(placement, "Port=submission");

  const Outcome bulk = placement.send("Port=2525", kBoth);
  BOOST_TEST(bulk.accepted());
  BOOST_TEST(bulk.delivered == kJustBob);
  BOOST_TEST(placement.milter.log().has("stream=newsletters"));

  const Outcome world = placement.send("Port=smtp", kBoth);
  BOOST_TEST(world.accepted());
  BOOST_TEST(world.delivered == kAnnAndBob);
}

BOOST_AUTO_TEST_CASE(mail_waits_while_the_daemon_is_away) {
  SendmailPlacement placement("sendmail");
  placement.milter.kill();
  const Outcome outcome = placement.send("Port=2525", {kBob});
  BOOST_TEST(outcome.deferred());
  BOOST_TEST(outcome.delivered == "");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace optout::test

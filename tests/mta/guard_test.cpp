// The bulk guard behind real MTAs: a mailing to too many people by mistake, counted where mail
// arrives, and what an administrator does about it.

#include "mta/guarded_relay.h"
#include "mta/needs.h"
#include "mta/relay.h"

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <sstream>

namespace optout::test {
namespace {

namespace data = boost::unit_test::data;

struct StartRelays {
  StartRelays() { skip_all_if(Relay::unavailable()); }
  void teardown() { GuardedRelay::end_all(); }
};
BOOST_TEST_GLOBAL_FIXTURE(StartRelays);

std::string at_most(int people, std::string_view then) {
  return guard_with(fmt::format("{{ recipients: {} per 1h, then: {} }}", people, then));
}

// How many messages were answered so.
std::size_t answered(const Mailing& mailing, std::string_view reply) {
  return static_cast<std::size_t>(std::count_if(
      mailing.begin(), mailing.end(),
      [&](const BulkMessage& message) { return message.reply.text.starts_with(reply); }));
}

// How often the log says so.
std::size_t said(const LogFile& log, std::string_view words) {
  const std::string text = log.text();
  std::size_t times = 0;
  for (std::size_t at = text.find(words); at != std::string::npos; at = text.find(words, at + 1))
    ++times;
  return times;
}

void release_sender(const GuardedRelay& relay) {
  const Finished done = relay.milter.ctl({"guard", "release", "sender:shop.example"});
  BOOST_TEST(done.exit_status == 0, done.err);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(of_a_mailing_by_mistake)

BOOST_DATA_TEST_CASE(of_3000_people_500_get_it_and_other_senders_notice_nothing,
                     each_mta() * data::make({"hold", "defer", "reject"}), mta, then) {
  GuardedRelay& relay = GuardedRelay::begin_anew(mta, at_most(500, then));
  Mailing mistake = mailing_to("reader", 30, 100);
  Mailing other = mailing_to("guest", 5, 2, "<till@receipts.example.com>");
  HandingIn handing_in(mistake, {relay.port()}, 1);
  hand_in(other, {relay.port()});
  handing_in.finish();
  Mailing later = mailing_to("late", 1, 2, "<till@receipts.example.com>");
  hand_in(later, {relay.port()});

  BOOST_TEST(relay.settle(mistake));
  BOOST_TEST(relay.settle(other));
  BOOST_TEST(relay.settle(later));
  const auto arrived = copies(relay.sink.deliveries());
  BOOST_TEST(reached(arrived, "reader") == 500U);
  BOOST_TEST(reached(arrived, "guest") == 10U);
  BOOST_TEST(reached(arrived, "late") == 2U);
  BOOST_TEST(reached_twice(arrived) == "");
  if (then == std::string_view("hold")) {
    BOOST_TEST(accepted(mistake) == 30U);
    BOOST_TEST(relay.held(mistake).size() == 25U);
  } else {
    BOOST_TEST(accepted(mistake) == 5U);
    BOOST_TEST(answered(mistake, *then == 'd' ? "451 4.7.28 " : "554 5.7.28 ") == 25U);
  }
}

// Messages that are counted at the same moment count for each other, so it may be a few less.
BOOST_DATA_TEST_CASE(of_560_people_with_a_message_each_at_most_500_get_it_over_eight_connections,
                     each_mta(), mta) {
  GuardedRelay& relay = GuardedRelay::begin_anew(mta, at_most(500, "hold"));
  Mailing mistake = mailing_to("reader", 560, 1);
  hand_in(mistake, {relay.port()}, 8);

  BOOST_TEST(relay.settle(mistake));
  const auto arrived = copies(relay.sink.deliveries());
  BOOST_TEST(reached(arrived, "reader") <= 500U);
  BOOST_TEST(reached(arrived, "reader") > 500U - 8);
  BOOST_TEST(reached_twice(arrived) == "");
  BOOST_TEST(relay.held(mistake).size() == 560U - reached(arrived, "reader"));
}

BOOST_AUTO_TEST_CASE(at_most_500_get_it_through_two_relays_at_once, *needs<Sendmail>()) {
  const std::string config = at_most(500, "reject");
  GuardedRelay& one = GuardedRelay::begin_anew(MtaKind::postfix, config);
  GuardedRelay& two = GuardedRelay::begin_beside(MtaKind::sendmail, config);
  Mailing mistake = mailing_to("reader", 60, 10);
  Mailing mistake_there = mailing_to("another", 60, 10);
  HandingIn handing_in(mistake, {one.port()}, 2);
  hand_in(mistake_there, {two.port()}, 2);
  handing_in.finish();

  BOOST_TEST(one.settle(mistake));
  const auto arrived = copies(one.sink.deliveries());
  BOOST_TEST(arrived.size() <= 500U);
  BOOST_TEST(arrived.size() > 500U - 4 * 10);
  BOOST_TEST(arrived.size() == 10 * (accepted(mistake) + accepted(mistake_there)));
  BOOST_TEST(reached_twice(arrived) == "");
  for (const GuardedRelay* relay : {&one, &two})
    BOOST_TEST(relay->has_logged("action=reject guard=recipients/1h sender=sender:shop.example"));
}

BOOST_DATA_TEST_CASE(the_event_names_the_mail_that_went_out, each_mta(), mta) {
  GuardedRelay& relay = GuardedRelay::begin_anew(mta, at_most(50, "defer"));
  Mailing mistake = mailing_to("reader", 8, 10);
  hand_in(mistake, {relay.port()});

  auto event = relay.newest_event();
  BOOST_TEST(event["action"] == "trip");
  BOOST_TEST(event["sender"] == "sender:shop.example");
  BOOST_TEST(event["passed"] == "5");
  std::vector<std::string> named;
  std::istringstream messages(event["messages"]);
  for (std::string message; messages >> message;)
    named.push_back(message.substr(message.find('/') + 1));
  std::reverse(named.begin(), named.end());  // newest first
  std::vector<std::string> passed;
  for (const BulkMessage& message : mistake) {
    if (message.is_accepted()) passed.push_back(message.queue_id());
  }
  BOOST_TEST(named == passed, boost::test_tools::per_element());
  for (const std::string& id : named)
    BOOST_TEST(relay.has_accepted(id), id);
  BOOST_TEST(relay.settle(mistake));  // or it would arrive in the next test
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(once_an_administrator_lets_it_go)

BOOST_DATA_TEST_CASE(held_mail_goes_out_once, each_mta(), mta) {
  GuardedRelay& relay = GuardedRelay::begin_anew(mta, at_most(50, "hold"));
  Mailing mailing = mailing_to("reader", 12, 10);
  hand_in(mailing, {relay.port()});
  BOOST_TEST(relay.settle(mailing));
  BOOST_TEST(relay.held(mailing).size() == 7U);
  BOOST_TEST(copies(relay.sink.deliveries()).size() == 50U);

  relay.release_held();  // the guard is not asked again, and holds on for new mail
  relay.sink.wait_for([](const auto& all) { return copies(all).size() >= 120; });
  BOOST_TEST(relay.held(mailing).empty());
  const auto arrived = copies(relay.sink.deliveries());
  BOOST_TEST(reached(arrived, "reader") == 120U);
  BOOST_TEST(reached_twice(arrived) == "");
  Mailing more = mailing_to("more", 1, 1);
  hand_in(more, {relay.port()});
  BOOST_TEST(relay.settle(more));
  BOOST_TEST(relay.held(more).size() == 1U);
}

// The sender is a Postfix of its own, which sends a message to 50 people at a time.
BOOST_DATA_TEST_CASE(deferred_mail_goes_out_once_when_the_sender_tries_again, each_mta(), mta) {
  GuardedRelay& relay = GuardedRelay::begin_anew(mta, at_most(250, "defer"));
  const Postfix sender({.next_hop = relay.port(),
                        .parameters = {"default_destination_concurrency_limit = 1",
                                       "initial_destination_concurrency = 1"}});
  Mailing mailing = mailing_to("reader", 4, 100);
  hand_in(mailing, {sender.port()});
  const auto will_have_deferred = [&](std::size_t people) {
    return wait_until([&] { return said(sender.log(), "status=deferred") == people; });
  };
  BOOST_TEST_REQUIRE(will_have_deferred(150), sender.log().text());
  sender.retry();  // too early
  BOOST_TEST_REQUIRE(will_have_deferred(300), sender.log().text());
  BOOST_TEST(copies(relay.sink.deliveries()).size() == 250U);

  release_sender(relay);
  sender.retry();
  BOOST_TEST_REQUIRE(sender.wait_until_empty());
  relay.sink.wait_for([](const auto& all) { return copies(all).size() >= 400; });
  const auto arrived = copies(relay.sink.deliveries());
  BOOST_TEST(reached(arrived, "reader") == 400U);
  BOOST_TEST(reached_twice(arrived) == "");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace optout::test

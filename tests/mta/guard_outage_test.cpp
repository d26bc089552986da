// Redis goes away while a mailing is handed in: the bulk guard cannot count, and does what it is
// told to do then. Whatever that is, no mail is lost, and nobody gets any twice.

#include "mta/guarded_relay.h"
#include "support/process.h"

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>
#include <fmt/format.h>

namespace optout::test {
namespace {

namespace data = boost::unit_test::data;

constexpr std::size_t kMessages = 120;

// What the lookup does is a matter of its own.
std::string config(std::string_view on_outage) {
  return fmt::format(
      "guard:\n"
      "  identity: [sender]\n"
      "  limits: [ {{ recipients: 500 per 1h, then: reject }} ]\n"
      "  {}\n"
      "streams: [{{ name: default, on_outage: accept }}]\n",
      on_outage);
}

// Hands it in over four connections, and stops Redis once a quarter of it has its answer.
void hand_in_while_redis_stops(Mailing& mailing, GuardedRelay& relay) {
  HandingIn handing_in(mailing, {relay.port()}, 4);
  BOOST_TEST(handing_in.wait_for(mailing.size() / 4));
  relay.redis.stop();
  handing_in.finish();
  relay.redis.start();
}

void everybody_has_it_once(const Mailing& mailing, const GuardedRelay& relay) {
  BOOST_TEST(accepted(mailing) == kMessages);
  BOOST_TEST(relay.settle(mailing));
  const auto arrived = copies(relay.sink.deliveries());
  BOOST_TEST(reached(arrived, "reader") == kMessages);
  BOOST_TEST(reached_twice(arrived) == "");
}

}  // namespace

BOOST_AUTO_TEST_SUITE(without_redis)

BOOST_DATA_TEST_CASE(mail_passes_uncounted_and_the_log_says_so, each_mta(), mta) {
  GuardedRelay& relay = GuardedRelay::begin_anew(mta, config(""));
  Mailing mailing = mailing_to("reader", kMessages, 1);
  hand_in_while_redis_stops(mailing, relay);
  BOOST_TEST(relay.has_logged("action=accept guard=cannot_tell sender=sender:shop.example"));
  everybody_has_it_once(mailing, relay);
}

BOOST_DATA_TEST_CASE(mail_waits_where_the_guard_is_to_defer_and_each_person_counts_once, each_mta(),
                     mta) {
  GuardedRelay& relay = GuardedRelay::begin_anew(mta, config("on_outage: defer"));
  Mailing mailing = mailing_to("reader", kMessages, 1);
  hand_in_while_redis_stops(mailing, relay);
  BOOST_TEST(relay.has_logged("action=defer guard=cannot_tell sender=sender:shop.example"));
  BOOST_TEST(accepted(mailing) >= kMessages / 4);
  BOOST_TEST(accepted(mailing) < kMessages);
  for (const BulkMessage& message : mailing) {
    if (!message.is_accepted()) BOOST_TEST(message.reply.text.starts_with("451 4.3.0 "));
  }
  // Tried again as by any client: after an outage the daemon spares Redis a moment longer.
  BOOST_TEST(wait_until([&] {
    hand_in(mailing, {relay.port()}, 4);
    return accepted(mailing) == kMessages;
  }));
  everybody_has_it_once(mailing, relay);
  BOOST_TEST(relay.redis.cli({"ZCARD", "optout:guard:count:sender:shop.example:recipients/1h"}) ==
             "120");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace optout::test

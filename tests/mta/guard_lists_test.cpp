// The bulk guard and lists, behind real MTAs: a stale list is noticed by who of it has opted out,
// and a newsletter may go to more people than other mail of its sender.

#include "mta/guarded_relay.h"
#include "mta/mail.h"

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

namespace optout::test {
namespace {

namespace data = boost::unit_test::data;

const std::string kShare = guard_with("{ opted_out: 20% of at least 50 per 1h, then: hold }");

// Where opted-out people are noticed: one by one as they are named, or all at the end.
constexpr const char* kStreams[] = {"", "streams: [{ name: default, on_opted_out: strip }]\n"};

// Every so many of the people a mailing is for have opted out.
void opt_out_every(std::size_t nth, const GuardedRelay& relay, const Mailing& mailing) {
  std::vector<std::string> gone;
  std::size_t number = 0;
  for (const BulkMessage& message : mailing) {
    for (const std::string& reader : message.recipients) {
      if (++number % nth == 0) gone.push_back(reader.substr(1, reader.size() - 2));
    }
  }
  opt_out(relay.milter, "global", gone);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(a_list_of_whom)

BOOST_DATA_TEST_CASE(a_quarter_has_opted_out_is_stale_once_50_people_are_addressed,
                     each_mta() * data::make(kStreams), mta, stream) {
  GuardedRelay& relay = GuardedRelay::begin_anew(mta, kShare + stream);
  Mailing mailing = mailing_to("reader", 20, 8);
  opt_out_every(4, relay, mailing);
  Mailing first(mailing.begin(), mailing.begin() + 6);
  hand_in(first, {relay.port()});
  BOOST_TEST(relay.settle(first));
  BOOST_TEST(copies(relay.sink.deliveries()).size() == 36U);  // of 48
  BOOST_TEST(!relay.has_logged("guard=opted_out/1h release="));

  Mailing rest(mailing.begin() + 6, mailing.end());
  hand_in(rest, {relay.port()});
  BOOST_TEST(relay.settle(rest));
  BOOST_TEST(relay.has_logged("action=hold guard=opted_out/1h release="));
  const auto arrived = copies(relay.sink.deliveries());
  BOOST_TEST(arrived.size() == 36U);
  BOOST_TEST(reached_twice(arrived) == "");
  BOOST_TEST(relay.held(rest).size() == 14U);
}

BOOST_DATA_TEST_CASE(one_in_twenty_has_opted_out_is_none, each_mta() * data::make(kStreams), mta,
                     stream) {
  GuardedRelay& relay = GuardedRelay::begin_anew(mta, kShare + stream);
  Mailing mailing = mailing_to("reader", 20, 10);
  opt_out_every(20, relay, mailing);
  hand_in(mailing, {relay.port()}, 2);
  BOOST_TEST(relay.settle(mailing));
  const auto arrived = copies(relay.sink.deliveries());
  BOOST_TEST(arrived.size() == 190U);
  BOOST_TEST(reached_twice(arrived) == "");
  BOOST_TEST(!relay.has_logged("guard=opted_out/1h"));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_DATA_TEST_CASE(newsletters_go_out_while_other_mail_of_their_sender_is_held, each_mta(), mta) {
  GuardedRelay& relay =
      GuardedRelay::begin_anew(mta, guard_with("{ recipients: 100 per 1h, then: hold }") +
                                        "streams:\n"
                                        "  - name: newsletters\n"
                                        "    when: { header: { List-Id: '*' } }\n"
                                        "    guard: [ { recipients: 2000 per 1d, then: hold } ]\n"
                                        "  - name: digests\n"
                                        "    when: { header: { X-Kind: digest } }\n"
                                        "    guard: off\n"
                                        "  - name: default\n");
  Mailing all;
  for (auto& [reader, header] :
       {std::pair("news", "List-Id: <news.example.com>\r\n"),
        std::pair("digest", "X-Kind: digest\r\n"), std::pair("mistake", "")}) {
    for (BulkMessage& message : mailing_to(reader, 6, 20)) {
      message.header = header;
      all.push_back(message);
    }
  }
  hand_in(all, {relay.port()});
  // Still, and although other mail is held.
  Mailing more = mailing_to("more", 1, 10);
  more.front().header = "List-Id: <news.example.com>\r\n";
  hand_in(more, {relay.port()});

  BOOST_TEST(relay.settle(all));
  BOOST_TEST(relay.settle(more));
  const auto arrived = copies(relay.sink.deliveries());
  BOOST_TEST(reached(arrived, "news") == 120U);
  BOOST_TEST(reached(arrived, "digest") == 120U);
  BOOST_TEST(reached(arrived, "mistake") == 100U);
  BOOST_TEST(reached(arrived, "more") == 10U);
  BOOST_TEST(reached_twice(arrived) == "");
  BOOST_TEST(relay.held(all).size() == 1U);
}

}  // namespace optout::test

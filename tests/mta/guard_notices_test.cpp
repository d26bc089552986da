// Mail of the bulk guard to the administrator through the very Postfix that is guarded: it gets
// past the limits that it tells of, and never makes more of itself.

#include "mta/mail.h"
#include "mta/relay.h"
#include "support/http.h"

#include <boost/test/unit_test.hpp>
#include <fmt/format.h>

#include <memory>

namespace optout::test {
namespace {

// One relay for all tests of this program; Postfix takes a second to start.
std::unique_ptr<Relay> the_relay;

struct StartRelay {
  StartRelay() { skip_all_if(Relay::unavailable()); }
  void setup() { the_relay = std::make_unique<Relay>(); }
  void teardown() { the_relay.reset(); }
};
BOOST_TEST_GLOBAL_FIXTURE(StartRelay);

// Clients on loopback are told apart by the domain they send from, and those with the null sender
// not at all.
void begin_anew(std::string_view limits) {
  the_relay->begin_anew(fmt::format(
      "guard: {{ identity: [client, sender], limits: [ {} ], notify: admin@shop.example, "
      "notify_via: \"inet:127.0.0.1:{}\" }}",
      limits, the_relay->postfix.port()));
}

int mail(const std::string& sender, const std::vector<std::string>& recipients) {
  SmtpClient client = connect_to(*the_relay);
  return send(client, sender, recipients, "Subject: Offers\r\n\r\nHello\r\n").code;
}

double counted(const std::string& metric) {
  return metric_on(the_relay->milter.metrics(), "optout_guard_" + metric).value_or(0);
}

std::vector<Delivery> notices() {
  std::vector<Delivery> found;
  for (const Delivery& delivery : the_relay->sink.deliveries()) {
    if (delivery.went_to("<admin@shop.example>")) found.push_back(delivery);
  }
  return found;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(mail_of_the_guard)

BOOST_AUTO_TEST_CASE(it_arrives_once_while_the_sender_is_stopped) {
  begin_anew("{ recipients: 1 per 1h, then: reject }");
  const std::size_t start = the_relay->milter.log().size();
  BOOST_TEST(mail("<news@shop.example>", {"<ann@example.com>"}) == 250);
  for (int i = 0; i < 5; ++i)
    BOOST_TEST(mail("<news@shop.example>", {fmt::format("<r{}@example.com>", i)}) == 554);
  BOOST_TEST(the_relay->milter.log().will_have("action=notify result=sent", start));
  the_relay->postfix.wait_until_empty();
  const auto all = notices();
  BOOST_TEST_REQUIRE(all.size() == 1U);
  BOOST_TEST(all[0].sender.starts_with("<>"));
  BOOST_TEST(all[0].went_to("<admin@shop.example>", {"NOTIFY=NEVER"}));
  const std::string_view message = from_field(all[0].data, "Date");
  for (const char* part : {"\r\nFrom: <postmaster@shop.example>\r\n",
                           " sender:shop.example has passed recipients/1h\r\n",
                           "\r\n    optoutctl guard release sender:shop.example\r\n"})
    BOOST_TEST((message.find(part) != std::string_view::npos), message);
}

// Of many senders that are stopped there are many mails, all from one who is nobody, to one more
// person than a limit of one allows.
BOOST_AUTO_TEST_CASE(it_is_not_counted_itself) {
  begin_anew("{ recipients: 1 per 1h, then: reject }, { recipients_per_message: 1, then: hold }");
  const std::size_t start = the_relay->milter.log().size();
  const double trips = counted("trips_total{limit=\"recipients\",action=\"reject\"}");
  for (int i = 0; i < 6; ++i)
    BOOST_TEST(mail(fmt::format("<news@s{}.example>", i),
                    {"<ann@example.com>", "<bob@example.com>"}) == 554);
  BOOST_TEST(the_relay->milter.log().will_have(
      "action=notify guard=recipients_per_message sender=sender:s5.example result=sent", start));
  the_relay->postfix.wait_until_empty();
  BOOST_TEST(notices().size() == 12U);  // each has passed both limits
  BOOST_TEST(the_relay->milter.log().has("action=accept exempt=automatic_report from=<>", start));
  BOOST_TEST(!the_relay->milter.log().has("sender=client:127.0.0.1", start));
  BOOST_TEST(counted("trips_total{limit=\"recipients\",action=\"reject\"}") == trips + 6);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace optout::test

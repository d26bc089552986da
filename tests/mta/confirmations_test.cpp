// Confirmations through a real Postfix: how many are sent, what they look like where they arrive,
// and that opt-outs never wait for them.

#include "mta/mail.h"
#include "mta/relay.h"
#include "support/http.h"
#include "unsubscribe/reply_address.h"
#include "unsubscribe/set_reference.h"
#include "unsubscribe/token.h"

#include <boost/test/unit_test.hpp>
#include <fmt/format.h>
#include <sys/stat.h>

#include <chrono>
#include <fstream>
#include <memory>

namespace optout::test {
namespace {

const std::string kDomain = "optout.example";
const std::string kDigits = "9a417b02c3d5e6f80112233445566778899aabbccddeeff0f1e2d3c4b5a69788";
const SetName kDefault = SetName::stream("default");

// One relay for all tests of this program; Postfix takes a second to start.
std::unique_ptr<Relay> the_relay;

struct StartRelay {
  StartRelay() { skip_all_if(Relay::unavailable()); }
  void setup() { the_relay = std::make_unique<Relay>(); }
  void teardown() { the_relay.reset(); }
};
BOOST_TEST_GLOBAL_FIXTURE(StartRelay);

std::string secret() {
  std::string octets;
  for (std::size_t i = 0; i < kDigits.size(); i += 2)
    octets += static_cast<char>(std::stoi(kDigits.substr(i, 2), nullptr, 16));
  return octets;
}

void begin_anew(std::string_view settings) {
  const std::string keys = the_relay->directory / "token.keys";
  std::ofstream(keys) << "1:" << kDigits << " made=2026-01-01\n";
  ::chmod(keys.c_str(), 0640);
  the_relay->begin_anew(
      fmt::format("unsubscribe: {{ domain: {}, keys: {}, {} }}", kDomain, keys, settings));
}

std::string confirming_via(std::uint16_t port) {
  return fmt::format("confirm: yes, confirm_via: \"inet:127.0.0.1:{}\"", port);
}

std::string asking(const std::string& address, const SetName& set = SetName::global()) {
  const Tokens tokens(TokenKeys{{1, {.secret = secret()}}});
  Token token{.issued = std::chrono::floor<std::chrono::days>(std::chrono::system_clock::now()),
              .scope = scope_of_token(set),
              .address = address,
              .stored = {}};
  return "<" + reply_address(*tokens.mint(Purpose::reply, token), kDomain) + ">";
}

int ask(const std::string& to, std::string_view fields = "From: Ann <ann@example.com>\r\n",
        std::string_view sender = "<ann@example.com>") {
  SmtpClient client = connect_to(*the_relay);
  return send(client, sender, {to}, fmt::format("{}Subject: Fwd: pills\r\n\r\nStop!\r\n", fields))
      .code;
}

bool has_opted_out(const std::string& address) {
  return the_relay->redis.cli({"SISMEMBER", "optout:set:global", address}) == "1";
}

bool said(std::string_view words, std::size_t start) {
  return the_relay->milter.log().will_have(words, start, std::chrono::seconds(60));
}

double counted(const std::string& result) {
  return metric_on(the_relay->milter.metrics(),
                   "optout_confirmations_total{result=\"" + result + "\"}")
      .value_or(-1);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(confirmations)

BOOST_AUTO_TEST_CASE(AR_09_two_requests_of_one_person_are_confirmed_once) {
  begin_anew(confirming_via(the_relay->postfix.port()));
  const std::size_t start = the_relay->milter.log().size();
  const double sent = counted("sent");
  BOOST_TEST(ask(asking("ann@example.com")) == 250);
  BOOST_TEST(ask(asking("ann@example.com", kDefault)) == 250);
  BOOST_TEST(said("action=confirm whom=<ann@example.com>, result=sent", start));
  BOOST_TEST(said("action=confirm whom=<ann@example.com>, result=rate_limited", start));
  BOOST_TEST(counted("sent") == sent + 1);
  // Past ourselves, although she wants no more mail from us.
  BOOST_TEST(has_opted_out("ann@example.com"));
  BOOST_TEST(said("action=accept nrcpt=1 exempt=automatic_report from=<>", start));

  the_relay->postfix.wait_until_empty();
  const auto deliveries = the_relay->sink.deliveries();
  BOOST_TEST_REQUIRE(deliveries.size() == 1U);
  BOOST_TEST(deliveries[0].sender.starts_with("<>"));
  BOOST_TEST_REQUIRE(deliveries[0].recipients.size() == 1U);
  BOOST_TEST(deliveries[0].went_to("<ann@example.com>", {"NOTIFY=NEVER"}));
  const std::string_view message = from_field(deliveries[0].data, "Date");
  for (const char* field :
       {"\r\nFrom: <postmaster@optout.example>\r\n", "\r\nTo: <ann@example.com>\r\n",
        "\r\nSubject: You have unsubscribed from all mail\r\n",
        "\r\nAuto-Submitted: auto-replied\r\n", "@optout.example>\r\n", "\r\n    all mail\r\n"})
    BOOST_TEST((message.find(field) != std::string_view::npos), field);
  BOOST_TEST((message.find("pills") == std::string_view::npos));
  BOOST_TEST((message.find("Stop!") == std::string_view::npos));
}

BOOST_AUTO_TEST_CASE(AR_01_AR_02_machines_are_obeyed_and_never_answered) {
  begin_anew(confirming_via(the_relay->postfix.port()));
  const std::size_t start = the_relay->milter.log().size();
  BOOST_TEST(ask(asking("apple@example.com"),
                 "From: Ann <ann@example.com>\r\nAuto-Submitted: auto-replied\r\n"
                 "X-Apple-Unsubscribe: true\r\n") == 250);
  BOOST_TEST(ask(asking("null@example.com"), "From: Ann <ann@example.com>\r\n", "<>") == 250);
  BOOST_TEST(ask(asking("last@example.com")) == 250);
  BOOST_TEST(said("action=confirm whom=<last@example.com>, result=sent", start));
  the_relay->postfix.wait_until_empty();
  BOOST_TEST(who_got_mail(the_relay->sink.deliveries()) == "<last@example.com>");
  BOOST_TEST(has_opted_out("apple@example.com"));
  BOOST_TEST(has_opted_out("null@example.com"));
}

BOOST_AUTO_TEST_CASE(AR_10_without_a_server_the_request_is_recorded_all_the_same) {
  const auto closed = [] {
    const Listener listener = listen_on_loopback();
    return listener.port;
  }();
  begin_anew(confirming_via(closed));
  const std::size_t start = the_relay->milter.log().size();
  BOOST_TEST(ask(asking("ann@example.com")) == 250);
  BOOST_TEST(has_opted_out("ann@example.com"));
  BOOST_TEST(
      said("action=confirm whom=<ann@example.com>, result=failed, fault=unreachable,", start));
  BOOST_TEST(the_relay->milter.running());
  BOOST_TEST(the_relay->sink.deliveries().empty());
}

BOOST_AUTO_TEST_CASE(AT_07_by_default_nothing_is_sent_whatever_comes) {
  begin_anew("keep_from: yes");
  const std::size_t start = the_relay->milter.log().size();
  for (int i = 0; i < 25; ++i) {
    const std::string address = fmt::format("p{}@example.com", i);
    BOOST_TEST(ask(asking(address)) == 250);
    BOOST_TEST(has_opted_out(address));
    std::string forged = asking(address);
    forged[8] = forged[8] == 'a' ? 'b' : 'a';
    ask(forged);  // goes where such mail goes
  }
  the_relay->postfix.wait_until_empty();
  for (const Delivery& delivery : the_relay->sink.deliveries()) {
    BOOST_TEST(delivery.sender.starts_with("<ann@example.com>"));
    BOOST_TEST(delivery.recipients.front().starts_with("<u+"));
  }
  BOOST_TEST(the_relay->sink.deliveries().size() == 25U);
  BOOST_TEST(!the_relay->milter.log().has("action=confirm", start));
  BOOST_TEST(the_relay->redis.cli({"KEYS", "optout:confirmed:*"}).empty());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace optout::test

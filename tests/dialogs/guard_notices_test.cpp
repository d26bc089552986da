// The mail that tells an administrator of a trip of the bulk guard, from a running daemon to the
// server that guard.notify_via names. What it says to the octet is in tests/unit/confirm.

#include "dialogs/needs_daemon.h"
#include "support/http.h"
#include "support/milter_client.h"
#include "support/optout_milter.h"
#include "support/smtp_sink.h"

#include <boost/test/unit_test.hpp>
#include <fmt/format.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace optout::test {
namespace {

BOOST_TEST_GLOBAL_FIXTURE(NeedsDaemon);

constexpr std::string_view kNotices = "optout_guard_notices_total";

std::vector<std::string> people(std::string_view name, int number) {
  std::vector<std::string> all;
  for (int i = 0; i < number; ++i)
    all.push_back(fmt::format("<{}{}@example.com>", name, i));
  return all;
}

struct Running {
  SharedDir directory;
  RedisServer redis;
  SmtpSink admin;
  OptoutMilter milter{redis, unix_socket(directory / "milter.sock")};

  void guard(std::string_view settings) { guard(settings, admin.port()); }
  void guard(std::string_view settings, std::uint16_t notify_via) {
    milter.configure(
        fmt::format("guard: {{ identity: [auth], {}, notify: admin@example.com, "
                    "notify_via: \"inet:127.0.0.1:{}\" }}",
                    settings, notify_via));
    milter.reload();
  }
  // What comes of a message by this sender.
  MilterFinish send(const std::string& sender, const std::vector<std::string>& recipients) const {
    MilterClient client(milter.address());
    client.negotiate();
    client.connect();
    client.helo();
    client.set_macro("{auth_authen}", sender);
    client.mail("<news@shop.example>");
    for (const std::string& recipient : recipients)
      client.recipient(recipient);
    client.data();
    client.header("Subject", "Offers");
    client.end_of_headers();
    client.body("Hello.\r\n");
    MilterFinish finish = client.end_of_message();
    client.quit();
    return finish;
  }
  // What the administrator has got, once so many mails are sent. They are sent in order.
  std::vector<Delivery> mails(double sent) const {
    BOOST_TEST(wait_until([&] { return notices("sent") >= sent; }), milter.log().text());
    return admin.deliveries();
  }
  double notices(std::string_view result) const {
    return metric_on(milter.metrics(), fmt::format("{}{{result=\"{}\"}}", kNotices, result))
        .value_or(-1);
  }
};

bool has(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(mail_of_the_guard, Running)

BOOST_AUTO_TEST_CASE(a_trip_sends_one_mail_however_many_messages_follow) {
  guard("limits: [ { recipients: 1 per 1h, then: hold } ]");
  BOOST_TEST(!send("crm", {"<ann@example.com>"}).quarantine);
  for (const std::string& person : people("reader", 10))
    BOOST_TEST(send("crm", {person}).quarantine.has_value());
  send("shop", people("guest", 2));  // whose mail comes last, so that there is no other of crm
  const auto all = mails(2);
  BOOST_TEST_REQUIRE(all.size() == 2U);
  BOOST_TEST(all[0].sender == "<>");
  BOOST_TEST(all[0].recipients.size() == 1U);
  BOOST_TEST(all[0].went_to("<admin@example.com>", {"NOTIFY=NEVER"}));
  for (const char* part :
       {"\r\nFrom: <postmaster@example.com>\r\n", "\r\nTo: <admin@example.com>\r\n",
        "\r\nAuto-Submitted: auto-generated\r\n", " auth:crm has passed recipients/1h\r\n",
        "    counted  2\r\n", "For now, its mail is held in the queue of the MTA.\r\n",
        "gone out before (1), latest first:\r\n"})
    BOOST_TEST(has(all[0].data, part), all[0].data);
  BOOST_TEST(has(all[1].data, "auth:shop has passed"));
  BOOST_TEST(
      milter.log().will_have("action=notify sender=auth:crm whom=<admin@example.com> result=sent"));
}

BOOST_AUTO_TEST_CASE(the_commands_in_it_do_what_it_says) {
  guard("limits: [ { recipients: 1 per 1h, then: reject } ]");
  const auto is_stopped = [&](std::string_view name) {
    return send("O'Brien", people(name, 2)).reply.to_string().starts_with("554 5.7.28");
  };
  BOOST_TEST(is_stopped("early"));
  const std::string mail = mails(1).at(0).data;
  const auto type = [&](std::string_view command) {
    const std::size_t start = mail.find(command);
    BOOST_REQUIRE(start != std::string::npos);
    const std::string line = mail.substr(start, mail.find("\r\n", start) - start);
    const Finished done =
        run({"sh", "-c",
             fmt::format("optoutctl() {{ \"$OPTOUT_BIN/optoutctl\" -c '{}' \"$@\"; }}\n{}",
                         milter.config_file(), line)});
    BOOST_TEST(done.exit_status == 0, line << '\n' << done.err);
  };
  type("optoutctl guard release");
  BOOST_TEST(is_stopped("again"));  // counted anew
  type("optoutctl guard allow");
  BOOST_TEST(!is_stopped("allowed"));
  BOOST_TEST(mails(2).size() == 2U);
}

BOOST_AUTO_TEST_CASE(of_messages_that_are_too_big_it_tells_once_an_hour) {
  guard("limits: [ { recipients_per_message: 2, then: reject } ]");
  for (int i = 0; i < 5; ++i) {
    BOOST_TEST(send("crm", people("reader", 3)).reply.to_string().starts_with("554 5.7.28"));
    BOOST_TEST(send("crm", people("reader", 2)).reply.is_positive());
  }
  send("shop", people("guest", 3));
  const auto all = mails(2);
  BOOST_TEST_REQUIRE(all.size() == 2U);
  BOOST_TEST(has(all[0].data, "    optoutctl guard allow auth:crm 3 for 1h\r\n"), all[0].data);
  BOOST_TEST(has(all[1].data, "auth:shop has passed"));
}

BOOST_AUTO_TEST_CASE(in_monitor_mode_it_tells_once_that_nothing_is_done) {
  guard("mode: monitor, limits: [ { recipients: 1 per 1h, then: reject } ]");
  for (const std::string& person : people("reader", 5))
    BOOST_TEST(send("crm", {person}).reply.is_positive());
  send("shop", people("guest", 2));
  const auto all = mails(2);
  BOOST_TEST_REQUIRE(all.size() == 2U);
  BOOST_TEST(has(all[0].data, "In monitor mode nothing is done; else its mail would be rejected."),
             all[0].data);
  BOOST_TEST(!has(all[0].data, "guard release"));
}

BOOST_AUTO_TEST_CASE(beyond_twenty_an_hour_there_is_only_the_log) {
  guard("limits: [ { recipients: 1 per 1h, then: hold } ]");
  for (int i = 0; i < 22; ++i)
    send(fmt::format("user{}", i), people("reader", 2));
  BOOST_TEST(mails(20).size() == 20U);
  BOOST_TEST(notices("dropped") == 2);
  for (const char* sender : {"auth:user20", "auth:user21"}) {
    BOOST_TEST(milter.log().has(fmt::format("action=notify sender={} result=dropped", sender)));
    BOOST_TEST(milter.log().has(fmt::format("action=hold sender={} release=", sender)));
  }
  // A reload does not begin a new hour.
  milter.reload();
  send("late", people("reader", 2));
  BOOST_TEST(notices("dropped") == 3);
}

BOOST_AUTO_TEST_CASE(mail_passes_as_ever_while_the_server_is_away) {
  const auto closed = [] {
    const Listener listener = listen_on_loopback();
    return listener.port;
  }();
  guard("limits: [ { recipients: 1 per 1h, then: hold } ]", closed);
  BOOST_TEST(send("crm", people("reader", 2)).quarantine.has_value());
  BOOST_TEST(!send("shop", people("guest", 1)).quarantine);
  BOOST_TEST(wait_until([&] { return notices("failed") == 1; }), milter.log().text());
  BOOST_TEST(
      milter.log().will_have("action=notify sender=auth:crm result=failed fault=unreachable"));
}

BOOST_AUTO_TEST_CASE(without_an_address_nobody_is_mailed) {
  milter.configure("guard: { identity: [auth], limits: [ { recipients: 1 per 1h } ] }");
  milter.reload();
  BOOST_TEST(send("crm", people("reader", 2)).quarantine.has_value());
  BOOST_TEST(!milter.log().has("action=notify"));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace optout::test

// What no MTA should do, done: the daemon may refuse to go on, but it lives, and serves the next
// one as ever.
//
// What no dialog can say, since it is about packets, numbers and hanging up.

#include "support/milter_client.h"
#include "support/optout_milter.h"

#include <boost/test/unit_test.hpp>
#include <fmt/format.h>

#include <cstdio>
#include <cstdlib>
#include <memory>

namespace optout::test {
namespace {

using namespace std::string_view_literals;
using Kind = MilterReply::Kind;

struct Daemon {
  SharedDir directory;
  RedisServer redis;
  OptoutMilter milter;

  explicit Daemon(std::string_view config = {}) : Daemon(std::nullopt, config) {}
  Daemon(std::optional<SocketAddress> address, std::string_view config)
      : milter(redis, address.value_or(unix_socket(directory / "milter.sock")), config) {
    redis.cli({"SADD", "optout:set:global", "ann@example.com"});
  }
};

std::unique_ptr<Daemon> the_daemon;

struct StartDaemon {
  StartDaemon() {
    if (const auto reason = OptoutMilter::unavailable()) {
      fmt::print("skipped: {}\n", *reason);
      std::fflush(stdout);
      std::_Exit(77);
    }
  }
  void setup() { the_daemon = std::make_unique<Daemon>(); }
  void teardown() { the_daemon.reset(); }
};
BOOST_TEST_GLOBAL_FIXTURE(StartDaemon);

MilterClient greeted(const Daemon& daemon = *the_daemon) {
  MilterClient client(daemon.milter.address());
  client.negotiate();
  client.connect();
  client.helo();
  return client;
}

// A message as it should be, from an MTA of good manners: one recipient refused, one delivered.
void serves_the_next_one(Daemon& daemon = *the_daemon) {
  BOOST_TEST_REQUIRE(daemon.milter.running());
  MilterClient client = greeted(daemon);
  BOOST_TEST(client.mail("<news@shop.example>").is_positive());
  BOOST_TEST(client.recipient("<ann@example.com>").text.starts_with("550 5.7.1 "));
  BOOST_TEST(client.recipient("<bob@example.com>").is_positive());
  client.data();
  client.header("Subject", "x");
  client.end_of_headers();
  client.body("Hello\r\n");
  BOOST_TEST(client.end_of_message().reply.is_positive());
  client.quit();
}

// Everything an MTA says about one message, one step at a time.
const std::vector<void (*)(MilterClient&)> kSteps = {
    [](MilterClient& client) { client.negotiate(); },
    [](MilterClient& client) { client.connect(); },
    [](MilterClient& client) { client.helo(); },
    [](MilterClient& client) { client.mail("<news@shop.example>"); },
    [](MilterClient& client) { client.recipient("<bob@example.com>"); },
    [](MilterClient& client) { client.data(); },
    [](MilterClient& client) { client.header("List-Id", "<news.example.com>"); },
    [](MilterClient& client) { client.end_of_headers(); },
    [](MilterClient& client) { client.body("Hello\r\n"); },
};

}  // namespace

BOOST_AUTO_TEST_CASE(hanging_up_at_any_stage_leaves_the_daemon_serving) {
  for (std::size_t steps = 0; steps <= kSteps.size(); ++steps) {
    MilterClient client(the_daemon->milter.address());
    for (std::size_t i = 0; i < steps; ++i)
      kSteps[i](client);
    client.hang_up();
  }
  serves_the_next_one();
}

BOOST_AUTO_TEST_CASE(hanging_up_in_the_middle_of_a_packet_leaves_the_daemon_serving) {
  for (std::size_t steps = 0; steps <= kSteps.size(); ++steps) {
    MilterClient client(the_daemon->milter.address());
    for (std::size_t i = 0; i < steps; ++i)
      kSteps[i](client);
    client.say_raw("\0\0\0\x20R<bob@exa"sv);
    client.hang_up();
  }
  serves_the_next_one();
}

BOOST_AUTO_TEST_CASE(a_recipient_before_its_sender_is_not_let_through) {
  MilterClient client = greeted();
  client.set_patience(std::chrono::seconds(2));
  client.say(Command::recipient, "<ann@example.com>\0"sv);
  try {
    BOOST_TEST((client.hear().kind != Kind::accept));
  } catch (const TimedOut&) {
    // libmilter ignores commands out of order without a word.
  }
  serves_the_next_one();
}

BOOST_AUTO_TEST_CASE(an_end_without_a_beginning_is_harmless) {
  MilterClient client = greeted();
  client.say(Command::end_of_message);
  client.hang_up();
  serves_the_next_one();
}

BOOST_AUTO_TEST_CASE(aborts_may_come_twice_or_out_of_nowhere) {
  MilterClient client = greeted();
  client.abort();
  client.abort();
  client.mail("<news@shop.example>");
  client.recipient("<bob@example.com>");
  client.data();
  client.header("Subject", "x");
  client.end_of_headers();
  client.body("half of a bo");
  client.abort();
  client.abort();
  client.mail("<news@shop.example>");
  BOOST_TEST(client.recipient("<ann@example.com>").text.starts_with("550 5.7.1 "));
  client.quit();
  serves_the_next_one();
}

BOOST_AUTO_TEST_CASE(bytes_that_are_no_packets_end_only_their_own_connection) {
  for (const std::string_view rubbish :
       {"GET / HTTP/1.0\r\n\r\n"sv, "\xff\xff\xff\xffX"sv, "\0\0\0\0"sv, "\0\0\0\1Z"sv}) {
    MilterClient client(the_daemon->milter.address());
    client.say_raw(rubbish);
    client.hang_up();
    MilterClient later = greeted();
    later.say_raw(rubbish);
    later.hang_up();
  }
  serves_the_next_one();
}

BOOST_AUTO_TEST_CASE(strings_without_their_end_or_without_anything_are_harmless) {
  for (const std::string_view payload : {""sv, "<ann@example.com>"sv, "\0"sv, "\0\0\0"sv}) {
    for (const Command command :
         {Command::helo, Command::mail, Command::recipient, Command::header}) {
      MilterClient client = greeted();
      client.mail("<news@shop.example>");
      client.say(command, payload);
      client.say(Command::abort);
      client.hang_up();
    }
  }
  serves_the_next_one();
}

// libmilter walks macro lists two strings at a time and trusts them: past the end of an odd list it
// reads what it finds there, and may crash inside smfi_getsymval where no filter can help it. That
// is why the socket is for the MTA alone. What we can do is to look for nothing beyond what we
// asked for: in a list that begins with that, the odd end is never reached.
BOOST_AUTO_TEST_CASE(an_odd_macro_list_behind_what_we_ask_for_does_no_harm) {
  MilterClient client = greeted();
  client.mail("<news@shop.example>");
  client.say(Command::macros, "Ri\0004Odd\0{rcpt_addr}\0bob@example.com\0odd\0"sv);
  client.say(Command::recipient, "<bob@example.com>\0"sv);
  BOOST_TEST(client.hear().is_positive());
  client.hang_up();
  serves_the_next_one();
}

BOOST_AUTO_TEST_CASE(even_macro_lists_may_hold_anything) {
  MilterClient client = greeted();
  const std::string control = "\x1b]0;title\x07\n4Fake: action=accept, to=<ann@example.com>";
  client.set_macro("{auth_authen}", control);
  client.set_macro("i", std::string(5000, 'q'));
  client.mail("<news@shop.example>");
  client.set_macro("{rcpt_addr}", std::string("\xff\xfe", 2));
  BOOST_TEST(client.recipient("<ann@example.com>").text.starts_with("550 5.7.1 "));
  client.hang_up();
  BOOST_TEST(the_daemon->milter.log().will_have("action=reject title"));
  BOOST_TEST((the_daemon->milter.log().text().find('\x1b') == std::string::npos));  // AT-13
  BOOST_TEST((the_daemon->milter.log().text().find("\n4Fake") == std::string::npos));
  serves_the_next_one();
}

BOOST_AUTO_TEST_CASE(megabytes_of_header_hide_no_list) {  // AT-15
  the_daemon->redis.cli({"SADD", "optout:set:list:news.example.com", "carl@example.com"});
  MilterClient client = greeted();
  client.mail("<news@shop.example>");
  client.recipient("<carl@example.com>");
  client.recipient("<bob@example.com>");
  client.data();
  for (int i = 0; i < 50; ++i)
    client.header("X-Padding", std::string(60'000, '('));
  client.header("List-Id", "<news.example.com>");
  client.end_of_headers();
  const MilterFinish finish = client.end_of_message();
  BOOST_TEST(finish.reply.is_positive());
  BOOST_TEST((finish.deleted == std::vector<std::string>{"<carl@example.com>"}));
  client.quit();
}

BOOST_AUTO_TEST_CASE(a_client_that_offers_little_gets_no_more_than_it_can_do) {
  MilterClient client(the_daemon->milter.address());
  try {
    const Negotiation agreed = client.negotiate({.version = 2, .actions = 0, .protocol = 0});
    // libmilter takes an MTA that offers nothing for an old one, which can do this much.
    constexpr std::uint32_t kVersion1 = 0x0F;
    BOOST_TEST((agreed.actions & ~kVersion1) == 0U);
  } catch (const std::runtime_error&) {
    // It needs to delete recipients, and hangs up on who does not let it.
  }
  serves_the_next_one();
}

BOOST_AUTO_TEST_CASE(ten_thousand_recipients_are_answered_one_by_one) {
  MilterClient client = greeted();
  client.mail("<news@shop.example>");
  int right = 0;
  for (int i = 0; i < 10'000; ++i) {
    const bool out = i % 1000 == 999;
    const MilterReply reply = client.recipient(out ? std::string("<ann@example.com>")
                                                   : fmt::format("<r{}@example.com>", i));
    right += reply.is_positive() != out ? 1 : 0;
  }
  BOOST_TEST(right == 10'000);
  client.data();
  client.end_of_headers();
  BOOST_TEST(client.end_of_message().reply.is_positive());
  client.quit();
}

BOOST_AUTO_TEST_CASE(of_ten_thousand_recipients_exactly_the_opted_out_are_deleted) {
  const Daemon daemon("streams: [{ name: default, on_opted_out: strip }]");
  std::vector<std::string> members{"SADD", "optout:set:global"};
  std::vector<std::string> expected;
  for (int i = 0; i < 10'000; i += 7) {
    members.push_back(fmt::format("r{}@example.com", i));
    expected.push_back(fmt::format("<R{}@Example.com>", i));
  }
  daemon.redis.cli(members);
  MilterClient client = greeted(daemon);
  client.mail("<news@shop.example>");
  for (int i = 0; i < 10'000; ++i)
    client.recipient(fmt::format("<R{}@Example.com>", i));
  client.data();
  client.end_of_headers();
  const MilterFinish finish = client.end_of_message();
  BOOST_TEST(finish.reply.is_positive());
  BOOST_TEST((finish.deleted == expected));
  client.quit();
}

BOOST_AUTO_TEST_CASE(over_tcp_it_is_the_same) {
  Daemon daemon(loopback_port(free_port()), "");
  serves_the_next_one(daemon);
  BOOST_TEST(daemon.milter.stop() == 0);
}

BOOST_AUTO_TEST_CASE(two_hundred_sessions_at_once_each_get_their_own_answers) {
  std::vector<std::unique_ptr<MilterClient>> clients;
  for (int i = 0; i < 200; ++i) {
    clients.push_back(std::make_unique<MilterClient>(greeted()));
    clients.back()->mail(fmt::format("<sender{}@shop.example>", i));
  }
  int right = 0;
  for (std::size_t i = 0; i < clients.size(); ++i) {
    const bool out = i % 2 == 0;
    const MilterReply reply =
        clients[i]->recipient(out ? "<ann@example.com>" : fmt::format("<r{}@example.com>", i));
    right += reply.is_positive() != out ? 1 : 0;
  }
  BOOST_TEST(right == 200);
  for (const auto& client : clients)
    client->quit();
}

}  // namespace optout::test

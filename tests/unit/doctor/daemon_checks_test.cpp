// Sockets, what stands in the way to them, and what answers there: a listener of the test's own.

#include "doctor/daemon_checks.h"

#include "findings.h"
#include "postfix_of.h"
#include "support/stream_socket.h"
#include "support/temp_dir.h"

#include <boost/test/unit_test.hpp>
#include <sys/socket.h>
#include <sys/stat.h>

#include <cerrno>
#include <string_view>
#include <thread>

using namespace optout;
using namespace optout::doctor;
using namespace optout::test;

namespace {

constexpr uid_t kPostfix = 101;
constexpr gid_t kGroup = 103;
const Account kCaller{.name = "postfix", .uid = kPostfix, .groups = {kGroup}};

// As the README says: below Postfix' queue, of a user that is not Postfix'.
DaemonFacts installed() {
  DaemonFacts facts;
  facts.address = config_of_debian().listen.address;
  facts.way = {{.path = "/", .mode = S_IFDIR | 0755},
               {.path = "/var/spool/postfix/optout-milter",
                .mode = S_IFDIR | 02750,
                .uid = 990,
                .gid = kGroup}};
  facts.socket = {.path = facts.address.path, .mode = S_IFSOCK | 0660, .uid = 990, .gid = kGroup};
  facts.knock = {.answer = Knock::Answer::milter, .detail = {}, .version = 6};
  return facts;
}

std::string_view socket_of(const DaemonFacts& facts) {
  const Findings findings = check_socket(facts, config_of_debian(), kCaller);
  BOOST_TEST(all_give_reasons(findings));
  return state_of(findings, "socket");
}

std::string_view answer(Knock::Answer answer) {
  DaemonFacts facts = installed();
  facts.knock.answer = answer;
  return state_of(check_answer(facts), "daemon");
}

}  // namespace

BOOST_AUTO_TEST_SUITE(daemon_checks)

BOOST_AUTO_TEST_CASE(as_it_is_installed_postfix_gets_through) {
  BOOST_TEST(socket_of(installed()) == "ok");
}

BOOST_AUTO_TEST_CASE(a_socket_that_is_not_there_is_told) {
  DaemonFacts facts = installed();
  facts.socket.error = ENOENT;
  BOOST_TEST(socket_of(facts) == "error");
}

BOOST_AUTO_TEST_CASE(another_group_does_not_get_through) {
  DaemonFacts facts = installed();
  facts.socket.gid = 990;
  BOOST_TEST(socket_of(facts) == "error");
}

BOOST_AUTO_TEST_CASE(a_directory_that_postfix_may_not_enter_is_named) {
  DaemonFacts facts = installed();
  facts.way[1].mode = S_IFDIR | 0700;
  BOOST_TEST(socket_of(facts) == "error");
  BOOST_TEST(say(check_socket(facts, config_of_debian(), kCaller),
                 "postfix may not enter /var/spool/postfix/optout-milter"));
}

// The kernel lets it give a socket to no group but its own.
BOOST_AUTO_TEST_CASE(the_daemon_comes_into_the_group_that_it_is_told_to_give_the_socket) {
  DaemonFacts facts = installed();
  facts.socket.gid = 990;
  facts.process = Process{.program = "optout-milter",
                          .account = {.name = "optout", .uid = 990, .groups = {990}},
                          .most_open_files = {},
                          .since = {}};
  const Findings findings = check_socket(facts, config_of_debian(), kCaller);
  BOOST_TEST_REQUIRE(findings.size() == 1u);
  const Fix expected{"usermod -a -G postfix optout",
                     "in optout-milter.yaml:  socket: { mode: 0660, group: postfix }",
                     "systemctl restart optout-milter"};
  BOOST_TEST(findings.front().fix == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_directory_with_the_group_of_postfix_needs_no_other_word) {
  DaemonFacts facts = installed();
  facts.way[1].mode = S_IFDIR | 0700;
  Config config = config_of_debian();
  BOOST_TEST(say(check_socket(facts, config, kCaller),
                 "install -d -o _optout-milter -g postfix -m 2750 "
                 "/var/spool/postfix/optout-milter"));
  BOOST_TEST(!say(check_socket(facts, config, kCaller), "socket:"));
  config.listen.group = "elsewhere";
  BOOST_TEST(say(check_socket(facts, config, kCaller), "socket: { group: \"\" }"));
}

BOOST_AUTO_TEST_CASE(something_else_in_its_place_is_told) {
  DaemonFacts facts = installed();
  facts.socket.mode = S_IFREG | 0660;
  BOOST_TEST(socket_of(facts) == "error");
}

BOOST_AUTO_TEST_CASE(a_socket_for_everybody_is_doubtful_unless_its_directory_is_not) {
  DaemonFacts facts = installed();
  facts.socket.mode = S_IFSOCK | 0666;
  BOOST_TEST(socket_of(facts) == "ok");
  facts.way[1].mode = S_IFDIR | 0755;
  BOOST_TEST(socket_of(facts) == "warning");
}

BOOST_AUTO_TEST_CASE(what_only_root_may_look_at_cannot_be_told) {
  DaemonFacts facts = installed();
  facts.socket.error = EACCES;
  BOOST_TEST(socket_of(facts) == "warning");
  BOOST_TEST(say(check_socket(facts, config_of_debian(), kCaller), "sudo optoutctl doctor"));
}

BOOST_AUTO_TEST_CASE(a_port_for_other_hosts_is_doubtful) {
  const auto listening = [](const std::string& host) {
    DaemonFacts facts;
    facts.address = {.path = {}, .host = host, .port = 8895};
    return state_of(check_socket(facts, {}, std::nullopt), "socket");
  };
  BOOST_TEST(listening("127.0.0.1") == "ok");
  BOOST_TEST(listening("0.0.0.0") == "warning");
}

BOOST_AUTO_TEST_CASE(only_a_milter_is_the_right_answer) {
  BOOST_TEST(answer(Knock::Answer::milter) == "ok");
  BOOST_TEST(answer(Knock::Answer::nobody) == "error");
  BOOST_TEST(answer(Knock::Answer::silence) == "error");
  BOOST_TEST(answer(Knock::Answer::something_else) == "error");
  BOOST_TEST(answer(Knock::Answer::not_let_in) == "warning");
}

BOOST_AUTO_TEST_CASE(the_daemon_can_open_as_many_files_as_postfix_has_processes) {
  const auto limit = [](unsigned long files, const std::string& line) {
    DaemonFacts facts = installed();
    facts.process =
        Process{.program = "optout-milter", .account = {}, .most_open_files = files, .since = {}};
    return state_of(check_open_files(facts, postfix_of(kAsked + line)), "LimitNOFILE");
  };
  BOOST_TEST(limit(65536, "") == "ok");
  BOOST_TEST(limit(256, "") == "warning");
  BOOST_TEST(limit(1024, "default_process_limit = 2000\n") == "warning");
  BOOST_TEST(check_open_files(installed(), postfix_of(kAsked)).empty());  // cannot be read
}

BOOST_AUTO_TEST_CASE(nobody_at_a_socket_is_nobody) {
  TempDir directory;
  const SocketAddress address{.path = directory / "none.sock", .host = {}, .port = 0};
  BOOST_CHECK(knock_at(address).answer == Knock::Answer::nobody);
}

// The kernel takes the connection, and nobody ever reads from it.
BOOST_AUTO_TEST_CASE(one_that_says_nothing_is_not_waited_for) {
  const Listener listener = listen_on_loopback();
  const Knock knock = knock_at(loopback_port(listener.port), std::chrono::milliseconds(50));
  BOOST_CHECK(knock.answer == Knock::Answer::silence);
}

BOOST_AUTO_TEST_CASE(one_that_is_no_milter_is_told_from_one_that_is) {
  const auto knock = [](std::string_view answer) {
    const Listener listener = listen_on_loopback();
    std::thread server([&] {
      StreamSocket caller(Descriptor(::accept(listener.fd.get(), nullptr, nullptr)));
      caller.send(answer);
      std::string rest;
      while (caller.receive(rest)) {
      }
    });
    const Knock found = knock_at(loopback_port(listener.port));
    server.join();
    return found;
  };
  using namespace std::string_view_literals;
  BOOST_CHECK(knock("220 mx.example.com ESMTP\r\n"sv).answer == Knock::Answer::something_else);
  const Knock milter = knock("\0\0\0\15O\0\0\0\6\0\0\0\0\0\0\0\0"sv);
  BOOST_CHECK(milter.answer == Knock::Answer::milter);
  BOOST_TEST(milter.version == 6u);
}

BOOST_AUTO_TEST_SUITE_END()

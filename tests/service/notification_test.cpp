// What the daemon tells a service manager, and when it stops feeding the watchdog.

#include "dialogs/needs_daemon.h"
#include "service/manager.h"
#include "support/milter_client.h"
#include "support/optout_milter.h"

#include <boost/test/unit_test.hpp>
#include <fmt/format.h>
#include <sys/resource.h>

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>
#include <string_view>

namespace optout::test {
namespace {

BOOST_TEST_GLOBAL_FIXTURE(NeedsDaemon);

bool has(std::string_view text, std::string_view words) {
  return text.find(words) != std::string_view::npos;
}

struct Supervised {
  explicit Supervised(Manager::Name name = Manager::Name::path, const char* watchdog = nullptr)
      : manager(name) {
    if (watchdog != nullptr) manager.set("WATCHDOG_USEC", watchdog);
    milter.emplace(redis, unix_socket(directory / "milter.sock"));
  }
  Manager manager;
  SharedDir directory;
  RedisServer redis;
  std::optional<OptoutMilter> milter;
};

// A beat every tenth of a second.
struct Watched : Supervised {
  Watched() : Supervised(Manager::Name::path, "400000") {
    BOOST_TEST(!manager.hears("READY=1").empty());
  }
};

// From now on the process gets no descriptor more than it has.
rlimit take_away_descriptors(pid_t pid) {
  std::set<unsigned long> used;
  for (const auto& entry : std::filesystem::directory_iterator(fmt::format("/proc/{}/fd", pid)))
    used.insert(std::stoul(entry.path().filename()));
  rlim_t lowest_free = 0;
  while (used.contains(lowest_free))
    ++lowest_free;
  rlimit before{};
  BOOST_REQUIRE(::prlimit(pid, RLIMIT_NOFILE, nullptr, &before) == 0);
  const rlimit none{.rlim_cur = lowest_free, .rlim_max = before.rlim_max};
  BOOST_REQUIRE(::prlimit(pid, RLIMIT_NOFILE, &none, nullptr) == 0);
  return before;
}

pid_t daemon_pid(const OptoutMilter& milter) {
  for (const auto& entry : std::filesystem::directory_iterator("/proc")) {
    std::ifstream file(entry.path() / "cmdline");
    const std::string line{std::istreambuf_iterator<char>(file), {}};
    if (has(line, "optout-milter") && has(line, milter.config_file()))
      return std::stoi(entry.path().filename());
  }
  return -1;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(notification)

BOOST_FIXTURE_TEST_CASE(ready_is_said_with_a_line_for_people, Supervised) {
  const std::string ready = manager.hears("READY=1");
  BOOST_TEST(ready ==
             fmt::format("READY=1\nSTATUS=serving on unix:{}; Redis answers; 0 sessions, 0 "
                         "messages; enforce",
                         directory / "milter.sock"));
}

BOOST_AUTO_TEST_CASE(a_manager_with_an_abstract_name_is_told_too) {
  Supervised supervised(Manager::Name::abstract);
  BOOST_TEST(!supervised.manager.hears("READY=1").empty());
}

BOOST_FIXTURE_TEST_CASE(a_reload_is_bracketed_whatever_comes_of_it, Supervised) {
  BOOST_TEST(!manager.hears("READY=1").empty());
  milter->configure("mode: monitor");
  milter->signal(SIGHUP);
  BOOST_TEST(has(manager.hears("RELOADING=1"), "\nMONOTONIC_USEC="));
  BOOST_TEST(manager.hears("READY=1").ends_with("; monitor"));
  milter->configure("nonsense: yes");
  milter->signal(SIGHUP);
  BOOST_TEST(!manager.hears("RELOADING=1").empty());
  BOOST_TEST(
      manager.hears("READY=1").ends_with("; monitor; the last reload was refused, see the log"));
}

BOOST_FIXTURE_TEST_CASE(a_stop_is_told_with_the_time_that_it_may_take, Supervised) {
  BOOST_TEST(!manager.hears("READY=1").empty());
  MilterClient client(milter->address());
  client.negotiate();
  milter->signal(SIGTERM);
  const std::string stopping = manager.hears("STOPPING=1");
  BOOST_TEST(has(stopping, "\nSTATUS=stopping: 1 sessions, 0 messages open\n"));
  BOOST_TEST(has(stopping, "\nEXTEND_TIMEOUT_USEC=58000000"));
  client.quit();
  BOOST_TEST(wait_until([&] { return !milter->running(); }));
}

BOOST_AUTO_TEST_CASE(who_goes_to_the_background_says_nothing) {
  Manager manager;
  const SharedDir directory;
  std::ofstream(directory / "c.yaml") << "listen: unix:" << (directory / "m.sock") << '\n';
  const std::string program = std::string(std::getenv("OPTOUT_BIN")) + "/optout-milter";
  BOOST_TEST(run({program, "-c", directory / "c.yaml", "-p", directory / "pid"}).exit_status == 0);
  pid_t pid = 0;
  BOOST_REQUIRE(
      wait_until([&] { return static_cast<bool>(std::ifstream(directory / "pid") >> pid); }));
  BOOST_TEST(::kill(pid, SIGTERM) == 0);
  BOOST_TEST(wait_until([&] { return !std::filesystem::exists(directory / "pid"); }));
  BOOST_TEST(manager.count("") == 0u);
}

BOOST_FIXTURE_TEST_CASE(the_status_follows_what_happens, Watched) {
  MilterClient client(milter->address());
  client.negotiate();
  BOOST_TEST(!manager.hears("; 1 sessions, 0 messages; ").empty());
  client.connect();
  client.helo();
  client.mail("<news@shop.example>");
  client.recipient("<bob@example.com>");
  BOOST_TEST(!manager.hears("; 1 sessions, 1 messages; ").empty());
  client.hang_up();
  BOOST_TEST(!manager.hears("; 0 sessions, 0 messages; ").empty());
}

BOOST_FIXTURE_TEST_CASE(a_sign_of_life_is_no_session_and_no_line_in_the_log, Watched) {
  milter->metrics();  // which waits until all has been said that a start says
  BOOST_TEST(milter->log().will_have("the suppression sets are there"));
  const std::size_t before = milter->log().size();
  for (int i = 0; i < 10; ++i)
    BOOST_TEST(!manager.hears("WATCHDOG=1").empty());
  BOOST_TEST(milter->log().text(before) == "");
  BOOST_TEST(manager.count("1 sessions") == 0u);
  BOOST_TEST(has(milter->metrics(), "\noptout_sessions 0\n"));
}

BOOST_FIXTURE_TEST_CASE(a_redis_that_is_away_is_told_and_does_not_starve_the_watchdog, Watched) {
  redis.stop();
  BOOST_TEST(!manager.hears("; cannot look up recipients: ").empty());
  for (int i = 0; i < 5; ++i)
    BOOST_TEST(!manager.hears("WATCHDOG=1").empty());
}

// Without descriptors, libmilter's accept loop spins and serves nobody, and nobody hears of it.
BOOST_FIXTURE_TEST_CASE(who_serves_nobody_any_more_does_not_feed_the_watchdog, Watched) {
  if (std::string_view(OPTOUT_SANITIZE).find("undefined") != std::string_view::npos) {
    BOOST_TEST_MESSAGE("skipped: this sanitizer looks at objects through descriptors of its own");
    return;
  }
  MilterClient client(milter->address());
  client.negotiate();
  client.connect();
  client.helo();
  BOOST_TEST(!manager.hears("; 1 sessions, 0 messages; ").empty());
  const pid_t pid = daemon_pid(*milter);
  BOOST_REQUIRE(pid > 0);
  const rlimit before = take_away_descriptors(pid);
  const StreamSocket waiting = StreamSocket::connect(milter->address());
  BOOST_TEST(milter->log().will_have("error: our own socket does not answer"));
  const std::size_t fed = manager.count("WATCHDOG=1");
  // The main thread goes on telling what it sees, a few beats long, and is not satisfied.
  for (int i = 0; i < 3; ++i) {
    client.mail("<news@shop.example>");
    client.recipient("<bob@example.com>");
    BOOST_TEST(!manager.hears(", 1 messages; ").empty());
    client.abort();
    BOOST_TEST(!manager.hears(", 0 messages; ").empty());
  }
  BOOST_TEST(manager.count("WATCHDOG=1") == fed);

  BOOST_REQUIRE(::prlimit(pid, RLIMIT_NOFILE, &before, nullptr) == 0);
  BOOST_TEST(!manager.hears("WATCHDOG=1").empty());
  BOOST_TEST(milter->log().will_have("our own socket answers again"));
}

// MTAs do not find us any more, and only a new start makes the file again.
BOOST_FIXTURE_TEST_CASE(who_has_lost_its_socket_does_not_feed_the_watchdog, Watched) {
  BOOST_TEST(!manager.hears("WATCHDOG=1").empty());
  BOOST_TEST(std::filesystem::remove(milter->address().path));
  BOOST_TEST(
      milter->log().will_have("error: our own socket does not answer (connect: No such file"));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace optout::test

// The daemon as a process: signals, limits, files. What it does with mail is in the dialogs.

#include "dialogs/needs_daemon.h"
#include "support/milter_client.h"
#include "support/optout_milter.h"

#include <boost/test/unit_test.hpp>
#include <fmt/format.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace optout::test {
namespace {

BOOST_TEST_GLOBAL_FIXTURE(NeedsDaemon);

struct Running {
  SharedDir directory;
  RedisServer redis;
  OptoutMilter milter{redis, unix_socket(directory / "milter.sock")};

  // A message that is under way and stays so.
  MilterClient message_in_progress() const {
    MilterClient client(milter.address());
    client.negotiate();
    client.connect();
    client.helo();
    client.mail("<news@shop.example>");
    BOOST_TEST(client.recipient("<bob@example.com>").is_positive());
    return client;
  }
  bool log_has(std::string_view words) const {
    return wait_until([&] { return milter.log().text().find(words) != std::string::npos; });
  }
};

std::string program() {
  return std::string(std::getenv("OPTOUT_BIN")) + "/optout-milter";
}

std::string read(const std::string& file) {
  std::ostringstream text;
  text << std::ifstream(file).rdbuf();
  return text.str();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(daemon)

BOOST_FIXTURE_TEST_CASE(LG_15_a_redis_that_may_evict_opt_outs_is_complained_of_at_the_start,
                        Running) {
  const std::string complaint = "Redis may evict opt-outs";
  BOOST_REQUIRE(milter.log().will_have("the suppression sets are there"));
  BOOST_TEST(milter.log().text().find(complaint) == std::string::npos);
  redis.cli({"CONFIG", "SET", "maxmemory", "100mb"});
  redis.cli({"CONFIG", "SET", "maxmemory-policy", "allkeys-lru"});
  milter.stop();
  milter.start();
  BOOST_TEST(log_has(complaint));
}

BOOST_FIXTURE_TEST_CASE(usr1_reloads_as_hup_does, Running) {
  milter.configure("mode: monitor");
  milter.signal(SIGUSR1);
  BOOST_TEST(log_has("configuration reloaded"));
  BOOST_TEST(milter.running());
}

BOOST_FIXTURE_TEST_CASE(what_needs_a_restart_is_told_of_at_every_reload, Running) {
  milter.configure("log: { destination: syslog }\nsocket: { mode: 0600 }");
  for (int i = 0; i < 2; ++i) {
    const std::size_t before = milter.log().size();
    milter.reload();
    for (const char* setting : {"log.destination", "socket.mode"}) {
      BOOST_TEST(milter.log().has(fmt::format("reload: {} has changed and takes", setting), before),
                 setting);
    }
  }
}

// Who has just seen it come up may well tell it to reload.
BOOST_AUTO_TEST_CASE(a_hup_at_the_first_moment_is_a_reload_and_not_the_end) {
  const RedisServer redis;
  for (int i = 0; i < 8; ++i) {
    const SharedDir directory;
    OptoutMilter milter(redis, unix_socket(directory / "milter.sock"));
    milter.signal(SIGHUP);
    BOOST_TEST(wait_until(
        [&] { return milter.log().text().find("configuration reloaded") != std::string::npos; }));
    BOOST_TEST(milter.running());
  }
}

BOOST_FIXTURE_TEST_CASE(a_stop_waits_for_the_message_and_a_second_one_does_not, Running) {
  const MilterClient open = message_in_progress();
  milter.signal(SIGTERM);
  BOOST_TEST(log_has("stopping: 1 sessions, 1 messages open"));
  BOOST_TEST(milter.running());
  milter.signal(SIGTERM);
  BOOST_TEST(log_has("1 messages were cut off"));
  BOOST_TEST(wait_until([&] { return !milter.running(); }));
}

BOOST_AUTO_TEST_CASE(the_limit_of_open_files_is_raised_to_the_hard_one) {
  const SharedDir directory;
  const RedisServer redis;
  OptoutMilter milter(redis, unix_socket(directory / "milter.sock"));
  const SharedDir other;
  std::ofstream(other / "c.yaml") << "listen: unix:" << (other / "m.sock")
                                  << "\nlog: { destination: stderr }\n";
  const Process limited =
      Process::start({"sh", "-c", "ulimit -Sn 64; exec \"$0\" -f -p \"$2\" -c \"$1\"", program(),
                      other / "c.yaml", other / "pid"});
  BOOST_REQUIRE(wait_until(
      [&] { return std::filesystem::exists(other / "m.sock") && !read(other / "pid").empty(); }));
  const std::string proc = fmt::format("/proc/{}/limits", limited.pid());
  BOOST_TEST(wait_until(
      [&] { return read(proc).find("Max open files            64 ") == std::string::npos; }));
  BOOST_TEST(read(other / "pid") == fmt::format("{}\n", limited.pid()));
}

BOOST_AUTO_TEST_CASE(as_a_daemon_it_leaves_the_terminal_and_removes_its_pid_file_at_the_end) {
  const SharedDir directory;
  std::ofstream(directory / "c.yaml") << "listen: unix:" << (directory / "m.sock") << '\n';
  const Finished started = run({program(), "-c", directory / "c.yaml", "-p", directory / "pid"});
  BOOST_TEST(started.exit_status == 0);
  BOOST_REQUIRE(wait_until([&] { return read(directory / "pid").ends_with('\n'); }));
  const pid_t pid = std::stoi(read(directory / "pid"));
  StreamSocket::connect(unix_socket(directory / "m.sock"));
  BOOST_TEST(::kill(pid, SIGTERM) == 0);
  BOOST_TEST(wait_until([&] { return !std::filesystem::exists(directory / "pid"); }));
  BOOST_TEST(!std::filesystem::exists(directory / "m.sock"));
}

BOOST_AUTO_TEST_CASE(what_keeps_it_from_starting_is_said_in_one_sentence) {
  const SharedDir directory;
  const auto start = [&](const std::string& config, std::vector<std::string> more = {}) {
    std::ofstream(directory / "c.yaml") << config;
    std::vector<std::string> argv{program(), "-f", "-c", directory / "c.yaml"};
    argv.insert(argv.end(), more.begin(), more.end());
    return run(argv);
  };
  const Finished no_directory =
      start("listen: unix:/nonexistent/m.sock\nlog: { destination: stderr }\n");
  BOOST_TEST(no_directory.exit_status == 69);
  BOOST_TEST(no_directory.err.find("listen: unix:/nonexistent/m.sock: bind: No such file") !=
             std::string::npos);
  const std::string here =
      fmt::format("listen: unix:{}\nlog: {{ destination: stderr }}\n", directory / "m.sock");
  const Finished no_pid_file = start(here, {"-p", "/nonexistent/pid"});
  BOOST_TEST(no_pid_file.exit_status == 69);
  BOOST_TEST(no_pid_file.err.find("/nonexistent/pid") != std::string::npos);
  const Finished no_group = start(here + "socket: { group: no-such-group }\n");
  BOOST_TEST(no_group.exit_status == 69);
  BOOST_TEST(no_group.err.find("no-such-group") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace optout::test

// A socket that a service manager holds: the daemon serves on it, leaves it behind, and is started
// anew while MTAs are calling, who see nothing of it.

#include "dialogs/needs_daemon.h"
#include "support/milter_client.h"
#include "support/optout_milter.h"

#include <arpa/inet.h>
#include <boost/test/unit_test.hpp>
#include <fmt/format.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <atomic>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <mutex>
#include <thread>

namespace optout::test {
namespace {

BOOST_TEST_GLOBAL_FIXTURE(NeedsDaemon);

std::string program(const char* name) {
  return fmt::format("{}/{}", std::getenv("OPTOUT_BIN"), name);
}

// Inherited by whoever is started, unlike every other socket of these tests.
Descriptor bound_to(const std::string& path) {
  Descriptor fd(::socket(AF_UNIX, SOCK_STREAM, 0));
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::memcpy(static_cast<char*>(address.sun_path), path.data(), path.size());
  BOOST_REQUIRE(::bind(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
  return fd;
}

Descriptor listening_on(const std::string& path) {
  Descriptor fd = bound_to(path);
  BOOST_REQUIRE(::listen(fd.get(), 100) == 0);
  return fd;
}

struct Activated {
  SharedDir directory;
  RedisServer redis;
  LogFile log{directory / "log"};

  void configure(const std::string& listen) const {
    std::ofstream(directory / "c.yaml") << fmt::format(
        "listen: {}\nredis: {{ url: \"{}\", timeout: 5s }}\nlog: {{ destination: "
        "stderr }}\n",
        listen, redis.url_unix());
    BOOST_REQUIRE(run({program("optoutctl"), "-c", directory / "c.yaml", "init"}).exit_status == 0);
  }
  // As a service manager starts it: with the socket as descriptor 3.
  Process start(const Descriptor& fd, int sockets = 1) const {
    ProcessOptions output;
    output.stdout_file = output.stderr_file = log.path();
    return Process::start(
        {"bash", "-c",
         fmt::format("export LISTEN_PID=$$ LISTEN_FDS={}; exec \"$0\" \"$@\" 3<&{}", sockets,
                     fd.get()),
         program("optout-milter"), "-f", "-c", directory / "c.yaml"},
        output);
  }
};

// One connection and one message, as short-lived as those of a bulk sender.
void send_a_message(const SocketAddress& address) {
  MilterClient client(address);
  client.negotiate();
  client.connect();
  client.helo();
  client.mail("<news@shop.example>");
  if (!client.recipient("<bob@example.com>").is_positive()) throw std::runtime_error("RCPT");
  client.data();
  client.header("Subject", "news");
  client.end_of_headers();
  const MilterFinish finish = client.end_of_message();
  if (!finish.reply.is_positive()) throw std::runtime_error(finish.reply.to_string());
  client.quit();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(activation)

BOOST_FIXTURE_TEST_CASE(restarts_under_load_are_seen_by_no_client, Activated) {
  const SocketAddress address = unix_socket(directory / "m.sock");
  const Descriptor socket = listening_on(address.path);
  configure(address.to_string());
  Process daemon = start(socket);

  std::atomic<bool> enough = false;
  std::atomic<int> sent = 0;
  std::mutex mutex;
  std::vector<std::string> errors;
  std::vector<std::jthread> clients;
  for (int i = 0; i < 4; ++i) {
    clients.emplace_back([&] {
      while (!enough) {
        try {
          send_a_message(address);
          ++sent;
        } catch (const std::exception& e) {
          const std::scoped_lock lock(mutex);
          errors.emplace_back(e.what());
          enough = true;
        }
      }
    });
  }
  const auto some_more_are_sent = [&] {
    const int before = sent;
    return wait_until([&] { return enough || sent > before + 20; }) && !enough;
  };
  BOOST_TEST(some_more_are_sent());
  for (int i = 0; i < 5 && !enough; ++i) {
    daemon.signal(SIGTERM);
    BOOST_TEST((daemon.wait() == 0));
    BOOST_TEST(std::filesystem::exists(address.path));
    daemon = start(socket);
    BOOST_TEST(some_more_are_sent());
  }
  enough = true;
  clients.clear();
  for (const std::string& error : errors)
    BOOST_TEST(error == "");
  BOOST_TEST(log.has("serving on passed"));
}

BOOST_FIXTURE_TEST_CASE(a_tcp_socket_is_served_too_whatever_the_spelling_of_its_address,
                        Activated) {
  Descriptor socket(::socket(AF_INET, SOCK_STREAM, 0));
  sockaddr_in name{};
  name.sin_family = AF_INET;
  name.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t length = sizeof name;
  auto* const at = reinterpret_cast<sockaddr*>(&name);
  BOOST_REQUIRE(::bind(socket.get(), at, length) == 0);
  BOOST_REQUIRE(::listen(socket.get(), 100) == 0);
  BOOST_REQUIRE(::getsockname(socket.get(), at, &length) == 0);
  const std::uint16_t port = ntohs(name.sin_port);
  configure(fmt::format("inet:{}@localhost", port));
  Process daemon = start(socket);
  send_a_message(loopback_port(port));
  daemon.signal(SIGTERM);
  BOOST_TEST((daemon.wait() == 0));
}

BOOST_FIXTURE_TEST_CASE(a_socket_that_is_not_the_one_of_the_configuration_is_refused, Activated) {
  const Descriptor socket = listening_on(directory / "passed.sock");
  configure("unix:" + (directory / "m.sock"));
  BOOST_TEST((start(socket).wait() == 69));
  BOOST_TEST(log.text() ==
             fmt::format("optout-milter: listen: unix:{}: the service manager has passed a socket "
                         "on unix:{}: make ListenStream= of the socket unit and \"listen\" agree, "
                         "or disable the socket unit\n",
                         directory / "m.sock", directory / "passed.sock"));
}

BOOST_FIXTURE_TEST_CASE(anything_but_one_listening_socket_is_refused, Activated) {
  const std::string path = directory / "m.sock";
  configure("unix:" + path);
  {
    const Descriptor deaf = bound_to(path);
    BOOST_TEST((start(deaf).wait() == 69));
    BOOST_TEST(log.has("is no listening stream socket"));
    std::filesystem::remove(path);
  }
  const Descriptor socket = listening_on(path);
  BOOST_TEST((start(socket, 2).wait() == 69));
  BOOST_TEST(log.has("has passed 2 sockets"));
}

BOOST_FIXTURE_TEST_CASE(a_libmilter_that_takes_no_socket_says_so, Activated) {
  const std::string path = directory / "m.sock";
  const Descriptor socket = listening_on(path);
  configure("unix:" + path);
  ::setenv("LD_PRELOAD", LIBMILTER_WITHOUT_FD, 1);
  ::setenv("ASAN_OPTIONS", "verify_asan_link_order=0", 1);
  Process daemon = start(socket);
  ::unsetenv("LD_PRELOAD");
  ::unsetenv("ASAN_OPTIONS");
  BOOST_TEST((daemon.wait() == 69));
  BOOST_TEST(log.has("this libmilter cannot serve on a socket"));
  BOOST_TEST(std::filesystem::exists(path));
}

// What was meant for a parent of ours is not ours.
BOOST_FIXTURE_TEST_CASE(sockets_passed_to_another_process_are_left_alone, Activated) {
  const Descriptor socket = listening_on(directory / "passed.sock");
  configure("unix:" + (directory / "m.sock"));
  ::setenv("LISTEN_PID", "1", 1);
  ::setenv("LISTEN_FDS", "1", 1);
  ProcessOptions output;
  output.stdout_file = output.stderr_file = log.path();
  Process daemon =
      Process::start({program("optout-milter"), "-f", "-c", directory / "c.yaml"}, output);
  ::unsetenv("LISTEN_PID");
  ::unsetenv("LISTEN_FDS");
  BOOST_TEST(wait_until([&] { return std::filesystem::exists(directory / "m.sock"); }));
  BOOST_TEST(daemon.running());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace optout::test

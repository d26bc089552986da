// With a libmilter that cannot be given a socket: it makes its own, and everything we do with ours
// is done with that.

#include "support/milter_client.h"
#include "support/optout_milter.h"

#include <boost/test/unit_test.hpp>
#include <fmt/format.h>
#include <sys/stat.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>

namespace optout::test {
namespace {

struct PlainLibmilter {
  PlainLibmilter() {
    if (const auto reason = OptoutMilter::unavailable()) {
      fmt::print("skipped: {}\n", *reason);
      std::fflush(stdout);
      std::_Exit(77);
    }
    ::setenv("LD_PRELOAD", LIBMILTER_WITHOUT_FD, 1);
    // A sanitizer insists on being first, where it is in use.
    const char* const options = std::getenv("ASAN_OPTIONS");
    const std::string more = options != nullptr ? std::string(":") + options : std::string();
    ::setenv("ASAN_OPTIONS", ("verify_asan_link_order=0" + more).c_str(), 1);
  }
};
BOOST_TEST_GLOBAL_FIXTURE(PlainLibmilter);

void refuses_who_opted_out(const RedisServer& redis, const OptoutMilter& milter) {
  redis.cli({"SADD", "optout:set:global", "ann@example.com"});
  MilterClient client(milter.address());
  client.negotiate();
  client.connect();
  client.helo();
  client.mail("<news@shop.example>");
  BOOST_TEST(client.recipient("<ann@example.com>").text.starts_with("550 5.7.1 "));
  BOOST_TEST(client.recipient("<bob@example.com>").is_positive());
  client.quit();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(plain_libmilter)

BOOST_AUTO_TEST_CASE(on_a_unix_socket_the_daemon_serves_drains_and_cleans_up) {
  const SharedDir directory;
  const RedisServer redis;
  const std::string path = directory / "milter.sock";
  OptoutMilter milter(redis, unix_socket(path), "socket: { mode: 0600 }");
  struct stat made {};
  BOOST_REQUIRE(::stat(path.c_str(), &made) == 0);
  BOOST_TEST((made.st_mode & 0777u) == 0600u);
  refuses_who_opted_out(redis, milter);
  BOOST_TEST(milter.stop() == 0);
  BOOST_TEST(!std::filesystem::exists(path));
  milter.start();
  refuses_who_opted_out(redis, milter);
}

BOOST_AUTO_TEST_CASE(on_tcp_it_does_too) {
  const RedisServer redis;
  OptoutMilter milter(redis, loopback_port(free_port()));
  refuses_who_opted_out(redis, milter);
  BOOST_TEST(milter.stop() == 0);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace optout::test

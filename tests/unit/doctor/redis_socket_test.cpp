// Whether the daemon's account gets to the socket of Redis, as packages make it and as it goes
// wrong.

#include "doctor/redis_socket.h"

#include "findings.h"

#include <boost/test/unit_test.hpp>
#include <sys/stat.h>

#include <cerrno>

using namespace optout::doctor;
using namespace optout::test;

namespace {

constexpr uid_t kRedis = 64001;
constexpr gid_t kGroup = 64002;
const Account kDaemon{.name = "_optout-milter", .uid = 990, .groups = {990}};
const Account kMember{.name = "_optout-milter", .uid = 990, .groups = {990, kGroup}};

Findings look(mode_t socket, const std::optional<Account>& daemon, mode_t directory = 02755,
              gid_t group = kGroup) {
  Findings findings = check_redis_socket(
      {.path = "/run/redis/redis-server.sock",
       .mode = S_IFSOCK | socket,
       .uid = kRedis,
       .gid = group},
      {{.path = "/", .mode = S_IFDIR | 0755},
       {.path = "/run/redis", .mode = S_IFDIR | directory, .uid = kRedis, .gid = group}},
      daemon);
  BOOST_TEST(all_give_reasons(findings));
  return findings;
}

std::string_view state(mode_t socket, const std::optional<Account>& daemon,
                       mode_t directory = 02755) {
  return state_of(look(socket, daemon, directory), "redis.url");
}

}  // namespace

BOOST_AUTO_TEST_SUITE(redis_socket)

BOOST_AUTO_TEST_CASE(who_is_in_its_group_gets_there) {
  BOOST_TEST(state(0770, kMember) == "ok");
  BOOST_TEST(state(0770, kMember, 02750) == "ok");
  BOOST_TEST(state(0777, kDaemon) == "ok");
}

BOOST_AUTO_TEST_CASE(who_is_not_is_told_what_to_type) {
  BOOST_TEST(state(0770, kDaemon) == "error");
  BOOST_TEST(say(look(0770, kDaemon), "usermod -a -G 64002 _optout-milter"));
  BOOST_TEST(say(look(0770, kDaemon), "systemctl restart optout-milter"));
  BOOST_TEST(!say(look(0770, kDaemon), "unixsocketperm"));
  BOOST_TEST(state(0777, kDaemon, 02750) == "error");
  BOOST_TEST(say(look(0777, kDaemon, 02750), "may not enter /run/redis"));
}

BOOST_AUTO_TEST_CASE(a_socket_for_redis_alone_is_opened_to_its_group_first) {
  BOOST_TEST(state(0700, kMember) == "error");
  BOOST_TEST(say(look(0600, kDaemon), "in redis.conf:  unixsocketperm 770"));
  BOOST_TEST(say(look(0600, kDaemon), "usermod -a -G 64002 _optout-milter"));
}

BOOST_AUTO_TEST_CASE(nobody_is_put_into_the_group_of_root) {
  BOOST_TEST(!say(look(0770, kDaemon, 0755, 0), "usermod"));
}

BOOST_AUTO_TEST_CASE(where_nobody_knows_the_account_it_cannot_be_told) {
  BOOST_TEST(state(0770, std::nullopt) == "warning");
  BOOST_TEST(say(look(0770, std::nullopt), "cannot tell"));
  BOOST_TEST(state(0777, std::nullopt) == "ok");
}

BOOST_AUTO_TEST_CASE(
    what_only_root_may_look_at_cannot_be_told_and_no_socket_is_for_others_to_tell) {
  const auto missing = [](int error) {
    return check_redis_socket({.path = "/run/redis/x", .error = error}, {}, kDaemon);
  };
  BOOST_TEST(state_of(missing(EACCES), "redis.url") == "warning");
  BOOST_TEST(missing(ENOENT).empty());
}

BOOST_AUTO_TEST_SUITE_END()

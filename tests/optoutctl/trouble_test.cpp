// What keeps optoutctl from its work: always a sentence, what to do next, and the exit code that
// was promised.

#include "admin.h"
#include "support/fake_redis.h"

#include <boost/test/unit_test.hpp>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>

using namespace optout::test;

namespace {

// Runs every verb that asks Redis and expects each to fail in the same way.
void expect_trouble(const Admin& admin, int status, const std::string& sentence) {
  for (const std::vector<std::string>& words : {std::vector<std::string>{"init"},
                                                {"add", "ann@example.com"},
                                                {"remove", "ann@example.com", "--because", "asked"},
                                                {"check", "ann@example.com"},
                                                {"-q", "check", "ann@example.com"}}) {
    const Finished done = admin(words);
    BOOST_TEST(done.exit_status == status, words[0] + ": " + done.err);
    BOOST_TEST(done.err.find(sentence) != std::string::npos, words[0] + ": " + done.err);
    BOOST_TEST(done.err.starts_with("optoutctl: "), done.err);
    BOOST_TEST(done.out.find("added") == std::string::npos);
    BOOST_TEST(done.out.find("removed") == std::string::npos);
  }
}

Admin at_one_that_always_says(std::unique_ptr<FakeRedis>& redis, const std::string& reply) {
  redis = std::make_unique<FakeRedis>(
      std::vector<std::vector<Step>>{{answer_all([reply](const Words&) { return reply; })}});
  return Admin::at(redis->url());
}

}  // namespace

BOOST_AUTO_TEST_SUITE(trouble)

BOOST_AUTO_TEST_CASE(no_redis_there_is_69_with_the_command_to_look) {
  const Admin admin = Admin::at("unix:/nonexistent/redis.sock");
  expect_trouble(admin, 69, "redis-cli -s /nonexistent/redis.sock ping");
}

BOOST_AUTO_TEST_CASE(what_the_system_does_not_let_one_open_is_77_and_who_may_is_said) {
  if (::geteuid() != 0 || !find_program("setpriv")) {
    BOOST_TEST_MESSAGE("not checked: needs root and setpriv");
    return;
  }
  const auto as_nobody = [](const std::string& config) {
    return run({"setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", optoutctl_path(),
                "-c", config, "check", "ann@example.com"});
  };
  ReadyAdmin admin;
  const std::string config = admin.file("optout-milter.yaml");
  if (as_nobody(config).exit_status == 127) {
    BOOST_TEST_MESSAGE("not checked: others may not run the program that was built");
    return;
  }
  const TempDir open_to_all;
  BOOST_REQUIRE_EQUAL(::chmod(open_to_all.path().c_str(), 0755), 0);
  const std::string copy = open_to_all.path() / "optout-milter.yaml";
  std::ofstream(copy) << "redis: { url: \"" << admin.redis().url_unix() << "\" }\n";
  BOOST_REQUIRE_EQUAL(::chmod(copy.c_str(), 0600), 0);
  const Finished unread = as_nobody(copy);
  BOOST_TEST(unread.exit_status == 77, unread.err);
  BOOST_TEST(unread.err.find("run it as root (sudo)") != std::string::npos, unread.err);

  BOOST_REQUIRE_EQUAL(::chmod(copy.c_str(), 0644), 0);
  BOOST_REQUIRE_EQUAL(::chmod(admin.redis().socket().c_str(), 0700), 0);
  const Finished refused = as_nobody(copy);
  BOOST_TEST(refused.exit_status == 77, refused.err);
  BOOST_TEST(refused.err.find("the group of the socket: ls -l") != std::string::npos, refused.err);
}

BOOST_AUTO_TEST_CASE(a_redis_that_went_away_is_69_and_nothing_is_claimed) {
  ReadyAdmin admin;
  admin.redis().stop();
  expect_trouble(admin, 69, "ping");
}

BOOST_AUTO_TEST_CASE(a_redis_that_does_not_answer_is_75) {
  ReadyAdmin admin;
  admin.redis().freeze();
  const Finished done = admin({"add", "ann@example.com"});
  admin.redis().thaw();
  BOOST_TEST(done.exit_status == 75);
  BOOST_TEST(done.err.find("try again") != std::string::npos, done.err);
  BOOST_TEST(done.out.find("failed") != std::string::npos, done.out);
}

BOOST_AUTO_TEST_CASE(a_redis_that_is_loading_is_75) {
  std::unique_ptr<FakeRedis> redis;
  const Admin admin =
      at_one_that_always_says(redis, "-LOADING Redis is loading the dataset in memory\r\n");
  expect_trouble(admin, 75, "try again");
}

BOOST_AUTO_TEST_CASE(a_redis_that_cannot_save_is_75) {
  std::unique_ptr<FakeRedis> redis;
  const Admin admin =
      at_one_that_always_says(redis, "-MISCONF Redis is configured to save RDB snapshots\r\n");
  expect_trouble(admin, 75, "cannot save");
}

BOOST_AUTO_TEST_CASE(what_is_no_redis_is_76) {
  std::unique_ptr<FakeRedis> redis;
  const Admin admin = at_one_that_always_says(redis, "220 mail.example.com ESMTP\r\n");
  expect_trouble(admin, 76, "redis.url");
}

BOOST_AUTO_TEST_CASE(a_password_that_is_missing_or_wrong_is_77) {
  Admin admin({"requirepass secret"});
  expect_trouble(admin, 77, "redis.password_file");
  std::ofstream(admin.file("password")) << "guess\n";
  admin.configure(admin.redis().url_unix(), "  password_file: " + admin.file("password") + "\n");
  expect_trouble(admin, 77, "password");
  std::ofstream(admin.file("password")) << "secret\n";
  BOOST_TEST(admin({"init"}).exit_status == 0);
}

BOOST_AUTO_TEST_CASE(a_user_who_may_only_look_gets_77_for_changes) {
  ReadyAdmin admin;
  admin.redis().cli({"ACL", "SETUSER", "looker", "on", "nopass", "~*", "+@read", "+@connection"});
  admin.configure("unix://looker@" + admin.redis().socket());
  BOOST_TEST(admin({"check", "ann@example.com"}).exit_status == 1);
  const Finished done = admin({"add", "ann@example.com"});
  BOOST_TEST(done.exit_status == 77, done.err);
  BOOST_TEST(done.err.find("may not do that") != std::string::npos, done.err);
}

BOOST_AUTO_TEST_CASE(a_key_of_another_type_in_the_way_is_78) {
  ReadyAdmin admin;
  admin.redis().cli({"SET", "optout:set:global", "x"});
  BOOST_TEST(admin({"check", "ann@example.com"}).exit_status == 78);
  BOOST_TEST(admin({"add", "ann@example.com"}).exit_status == 78);
}

BOOST_AUTO_TEST_CASE(a_failure_halfway_tells_what_was_done) {
  ReadyAdmin admin;
  admin.redis().cli({"SET", "optout:entry:bob@example.com", "in the way"});
  const Finished done = admin({"add", "ann@example.com", "bob@example.com", "carl@example.com"});
  BOOST_TEST(done.exit_status == 78);
  BOOST_TEST(done.out.find("added") != std::string::npos, done.out);
  BOOST_TEST(done.out.find("failed") != std::string::npos, done.out);
  BOOST_TEST(done.out.find("carl") == std::string::npos, done.out);
  BOOST_TEST(done.err.find("adding twice is harmless") != std::string::npos, done.err);
}

BOOST_AUTO_TEST_CASE(a_configuration_that_is_missing_or_wrong_is_78) {
  Admin admin = Admin::at("unix:/nonexistent/redis.sock", "nonsense: 1\nmode: enfroce\n");
  const Finished done = admin({"check", "ann@example.com"});
  BOOST_TEST(done.exit_status == 78);
  BOOST_TEST(done.err.find("nonsense") != std::string::npos, done.err);  // all complaints at once
  BOOST_TEST(done.err.find("enfroce") != std::string::npos, done.err);
  BOOST_TEST(optoutctl({"-c", admin.file("absent"), "check", "ann@example.com"}).exit_status == 78);
}

// Who adds an address wants to hear of the address; optout-milter -t and doctor tell the rest.
BOOST_AUTO_TEST_CASE(what_is_only_doubtful_is_not_said_with_every_verb) {
  ReadyAdmin admin;
  admin.configure("unix:" + admin.redis().socket(),
                  "streams: [{ name: all }, { name: default }]\n");
  const Finished done = admin({"add", "ann@example.com"});
  BOOST_TEST(done.exit_status == 0);
  BOOST_TEST(done.err == "optoutctl: 1 added\n");
  BOOST_TEST(admin({"doctor"}).out.find("default") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_reader_that_has_gone_away_is_no_trouble) {
  ReadyAdmin admin;
  std::string command = optoutctl_path() + " -c " + admin.file("optout-milter.yaml") + " check";
  for (int i = 0; i < 1'000; ++i)  // more than is written at a time
    command += " person" + std::to_string(i) + "@example.com";
  BOOST_TEST(run({"sh", "-c", command + " | true"}).err == "");
  const Finished full = run({"sh", "-c", command + " >/dev/full"});
  BOOST_TEST(full.err.starts_with("optoutctl: cannot write the results: "), full.err);
}

BOOST_AUTO_TEST_SUITE_END()

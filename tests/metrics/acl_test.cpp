// packaging/redis/optout-milter.acl, loaded into a real Redis: the daemon, every verb of optoutctl
// and a CRM can do what they are for, and nothing else.

#include "dialogs/needs_daemon.h"
#include "dialogs/unsubscribing.h"
#include "metrics/shipped.h"
#include "support/milter_client.h"
#include "support/optout_milter.h"

#include <boost/test/unit_test.hpp>
#include <fmt/format.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

namespace optout::test {
namespace {

BOOST_TEST_GLOBAL_FIXTURE(NeedsDaemon);

using Words = std::vector<std::string>;

struct Granted {
  SharedDir directory;
  std::string acl = directory / "users.acl";
  RedisServer redis{{"include " + written(acl)}};
  std::string keys = directory / "token.keys";
  OptoutMilter milter{redis, unix_socket(directory / "milter.sock"), "streams: [ { name: news } ]"};
  std::string admin = directory / "admin.yaml";

  Granted() {
    std::ofstream(keys) << token_key_lines();
    std::filesystem::permissions(
        keys, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
    milter.stop();
    milter.configure(configuration("optout-milter", "DAEMON-PASSWORD"));
    milter.start();
    std::ofstream(admin) << "listen: " << milter.address().to_string() << '\n'
                         << "our_domains: [our.example]\n"
                         << configuration("optout-admin", "ADMIN-PASSWORD");
  }
  static std::string written(const std::string& path) {
    std::ofstream(path) << shipped_file("redis/optout-milter.acl");
    return path;
  }
  std::string configuration(std::string_view user, std::string_view password) const {
    return fmt::format(
        "redis: {{ url: \"redis://{}:{}@127.0.0.1:{}\", timeout: 5s }}\n"
        "unsubscribe: {{ domain: optout.example, keys: \"{}\", link: "
        "\"https://optout.example/u/\",\n"
        "  confirm: true, confirm_via: \"inet:127.0.0.1:1\" }}\n"
        "guard: {{ identity: [auth], limits: [ {{ recipients: 2 per 1h, then: hold }},\n"
        "  {{ recipients: 5000 per 1d, then: hold }}, {{ opted_out: 50% of at least 2 per 1h, "
        "then: warn }} "
        "] }}\n"
        "streams: [ {{ name: news, honours: [global, stream, list], list_unsubscribe: add }} ]\n",
        user, password, redis.port(), keys);
  }
  std::string can(std::string_view user, const Words& command) const {
    Words dry_run{"ACL", "DRYRUN", std::string(user)};
    dry_run.insert(dry_run.end(), command.begin(), command.end());
    return redis.cli(dry_run);
  }
  // By somebody who is logged in, a newsletter; else as a person writes.
  void send(const Words& recipients, const std::string& user = "") const {
    MilterClient client(milter.address());
    client.negotiate();
    client.connect();
    client.helo();
    if (!user.empty()) client.set_macro("{auth_authen}", user);
    client.mail("<news@our.example>");
    for (const std::string& recipient : recipients)
      client.recipient(recipient);
    client.data();
    if (!user.empty()) client.header("List-Id", "<news.example.com>");
    client.end_of_headers();
    client.body("Hello.\r\n");
    client.end_of_message();
    client.quit();
  }
  Finished ctl(Words words) const {
    words.insert(words.begin(), std::string(std::getenv("OPTOUT_BIN")) + "/optoutctl");
    words.insert(words.end(), {"-c", admin});
    return run(words);
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(users_of_redis, Granted)

BOOST_AUTO_TEST_CASE(the_daemon_is_refused_nothing_it_does) {
  send({"<bob@example.com>"}, "crm");
  send({with_unsubscribe_addresses("<ASK ann@example.com global>", "")});
  send({with_unsubscribe_addresses("<ASK ann@example.com list:news.example.com>", "")});
  send({"<ann@example.com>", "<carl@example.com>"}, "crm");
  send({"<dora@example.com>"}, "crm");
  send({"<eve@example.com>"}, "crm");  // is held
  BOOST_TEST(milter.log().will_have("action=hold guard=recipients/1h"), milter.log().text());
  BOOST_TEST(milter.log().will_have("action=confirm"), milter.log().text());
  BOOST_TEST(wait_until([&] {
    return milter.metrics().find("optout_set_members{set=\"global\"") != std::string::npos;
  }));
  BOOST_TEST(!milter.log().has("no_permission"), milter.log().text());
  BOOST_TEST(!milter.log().has("NOPERM"), milter.log().text());
}

BOOST_AUTO_TEST_CASE(every_verb_of_optoutctl_works) {
  send({"<a@example.com>", "<b@example.com>"}, "crm");
  send({"<c@example.com>"}, "crm");
  const std::vector<Words> all{
      {"init"},
      {"add", "ann@example.com"},
      {"check", "ann@example.com"},
      {"lists"},
      {"guard", "list"},
      {"guard", "show", "auth:crm"},
      {"guard", "release", "auth:crm"},
      {"guard", "allow", "auth:crm", "100", "for", "1h"},
      {"token", "mint", "--to", "ann@example.com", "--list", "news.example.com"},
      {"explain", "--from", "news@our.example", "--to", "bob@example.com"},
      {"remove", "ann@example.com", "--because", "she said so"},
  };
  for (const Words& words : all) {
    const Finished done = ctl(words);
    BOOST_TEST(done.exit_status == 0, words.front() << ": " << done.out << done.err);
    BOOST_TEST(done.err.find("NOPERM") == std::string::npos, words.front() << ": " << done.err);
  }
}

BOOST_AUTO_TEST_CASE(nobody_can_empty_or_take_over_what_is_not_his) {
  const Words users{"optout-milter", "optout-admin", "optout-crm"};
  for (const std::string& user : users) {
    for (const Words& command : std::vector<Words>{{"FLUSHALL"},
                                                   {"FLUSHDB"},
                                                   {"KEYS", "*"},
                                                   {"CONFIG", "SET", "dir", "/"},
                                                   {"DEL", "optout:set:global"},
                                                   {"RENAME", "optout:set:global", "optout:x"},
                                                   {"EXPIRE", "optout:set:global", "1"},
                                                   {"SMEMBERS", "optout:set:global"},
                                                   {"EVAL", "return 1", "0"},
                                                   {"ACL", "LIST"},
                                                   {"SET", "optout:schema", "x"},
                                                   {"SADD", "other", "x"},
                                                   {"GET", "session:1"}})
      BOOST_TEST(can(user, command) != "OK", user << ": " << command.front());
  }
  for (const Words& command : std::vector<Words>{{"SREM", "optout:set:global", "x"},
                                                 {"HDEL", "optout:entry:x", "global"},
                                                 {"HGETALL", "optout:entry:x"},
                                                 {"CONFIG", "GET", "dir"}}) {
    BOOST_TEST(can("optout-milter", command) != "OK", command.front());
    BOOST_TEST(can("optout-crm", command) != "OK", command.front());
  }
  BOOST_TEST(can("optout-crm", {"SADD", "optout:set:global", "ann@example.com"}) == "OK");
  BOOST_TEST(can("optout-crm", {"SADD", "optout:set:block", "ann@example.com"}) != "OK");
  BOOST_TEST(can("optout-crm", {"HSET", "optout:schema", "version", "2"}) != "OK");
}

// Whatever is granted stands in the program, in quotes, as a command that is sent.
BOOST_AUTO_TEST_CASE(no_command_is_granted_that_nobody_sends) {
  std::string program;
  const std::filesystem::path source = std::getenv("OPTOUT_SOURCE");
  for (const auto& entry : std::filesystem::recursive_directory_iterator(source / "milter")) {
    if (entry.path().extension() != ".cpp") continue;
    std::ostringstream text;
    text << std::ifstream(entry.path()).rdbuf();
    program += text.str();
  }
  std::istringstream words(shipped_file("redis/optout-milter.acl"));
  for (std::string word; words >> word;) {
    if (!word.starts_with('+')) continue;
    std::string command = word.substr(1, word.find_first_of("|)") - 1);
    std::transform(command.begin(), command.end(), command.begin(),
                   [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
    BOOST_TEST(program.find('"' + command + '"') != std::string::npos, command);
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace optout::test

// optoutctl doctor: what it prints and returns, and that each check of configuration, secrets,
// Redis and link finds what it is for. Postfix and Sendmail: tests/mta/doctor_test.cpp.

#include "admin.h"

#include <boost/test/unit_test.hpp>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <map>
#include <string>

using namespace optout::test;

namespace {

// No MTA of this host's is looked at.
const Words kNoMta{"--sendmail-cf", "/dev/null", "--opendkim-conf", "/dev/null"};

Words doctor(Words more = {}) {
  Words words{"doctor"};
  words.insert(words.end(), kNoMta.begin(), kNoMta.end());
  words.insert(words.end(), more.begin(), more.end());
  return words;
}

// The worst state of all findings of a check, and everything else it says.
struct Found {
  std::string state;
  std::string text;
  bool says(const std::string& words) const { return text.find(words) != std::string::npos; }
};

std::map<std::string, Found> diagnosis(const Admin& admin) {
  std::map<std::string, Found> found;
  for (const auto& row : admin.json(doctor())) {
    Found& one = found[row.at("check")];
    const std::string state = row.at("state");
    if (one.state.empty() || state == "error" || one.state == "ok") one.state = state;
    one.text += row.dump();
    BOOST_TEST((state == "ok") == row.at("why").is_null(), row.dump());
  }
  return found;
}

const Words kKept{"appendonly yes"};

struct KeptAdmin : Admin {
  explicit KeptAdmin(const Words& more = {}) : Admin(together(more)) {
    BOOST_REQUIRE_EQUAL((*this)({"init"}).exit_status, 0);
  }
  static Words together(Words more) {
    more.insert(more.begin(), kKept.begin(), kKept.end());
    return more;
  }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(doctor_verb)

BOOST_AUTO_TEST_CASE(it_prints_a_line_a_check_with_why_and_what_to_type) {
  ReadyAdmin admin;
  admin.configure(admin.redis().url_unix(), "mode: monitor\n");
  const Finished done = admin(doctor(), {}, {"LC_ALL=C.UTF-8"});
  BOOST_TEST(done.exit_status == 1);  // nothing listens, nobody asks
  BOOST_TEST(done.out.find("✓ configuration: ") != std::string::npos, done.out);
  BOOST_TEST(done.out.find("! mode: monitor: nothing is refused yet\n    People who") !=
             std::string::npos);
  BOOST_TEST(done.out.find("✗ INPUT_MAIL_FILTER: ") != std::string::npos);
  BOOST_TEST(done.out.find("\n    > systemctl ") != std::string::npos);
  BOOST_TEST(done.err.find(" wrong, ") != std::string::npos, done.err);
}

BOOST_AUTO_TEST_CASE(other_terminals_get_ascii) {
  ReadyAdmin admin;
  const Finished done = admin(doctor(), {}, {"LC_ALL=C"});
  BOOST_TEST(done.out.starts_with("ok configuration: "), done.out);
  for (const char c : done.out.substr(0, done.out.find('\n')))
    BOOST_TEST(static_cast<unsigned char>(c) < 0x80);
}

BOOST_AUTO_TEST_CASE(quietly_it_only_returns) {
  ReadyAdmin admin;
  Words words = doctor({"-q"});
  const Finished done = admin(words);
  BOOST_TEST(done.out.empty());
  BOOST_TEST(done.err.empty());
  BOOST_TEST(done.exit_status == 1);
}

BOOST_AUTO_TEST_CASE(a_configuration_that_does_not_load_ends_it) {
  ReadyAdmin admin;
  admin.configure(admin.redis().url_unix(), "mood: enforce\n");
  auto found = diagnosis(admin);
  BOOST_TEST(found["configuration"].state == "error");
  BOOST_TEST(found["everything else"].says("cannot tell"));
  BOOST_TEST(found.size() == 2u);
}

BOOST_AUTO_TEST_CASE(secrets_that_others_may_read_or_change_are_found) {
  KeptAdmin admin;
  const std::string keys = admin.file("token.keys");
  const std::string more =
      fmt::format("unsubscribe: {{ domain: optout.example.com, keys: {} }}\n", keys);
  BOOST_REQUIRE_EQUAL(admin({"keys", "new", keys}).exit_status, 0);
  admin.configure(admin.redis().url_unix(), more);
  BOOST_REQUIRE_EQUAL(::chmod(keys.c_str(), 0600), 0);
  BOOST_TEST(diagnosis(admin)["token keys"].state == "ok");
  BOOST_REQUIRE_EQUAL(::chmod(keys.c_str(), 0660), 0);
  BOOST_TEST(diagnosis(admin)["unsubscribe.keys"].state != "ok");
  BOOST_REQUIRE_EQUAL(::chmod(keys.c_str(), 0644), 0);
  BOOST_TEST(diagnosis(admin)["configuration"].says("may be read or changed by everybody"));
}

BOOST_AUTO_TEST_CASE(others_than_root_are_told_what_they_may_not_look_at) {
  if (::geteuid() != 0 || !find_program("setpriv")) {
    BOOST_TEST_MESSAGE("not checked: needs root and setpriv");
    return;
  }
  ReadyAdmin admin;
  const std::string config = admin.file("optout-milter.yaml");
  Words argv{"setpriv",
             "--reuid=65534",
             "--regid=65534",
             "--clear-groups",
             optoutctl_path(),
             "-c",
             config,
             "-o",
             "tab"};
  for (const std::string& word : doctor())
    argv.push_back(word);
  if (run({"setpriv", "--reuid=65534", "--clear-groups", optoutctl_path(), "-V"}).exit_status !=
      0) {
    BOOST_TEST_MESSAGE("not checked: others may not run the program that was built");
    return;
  }
  const Finished done = run(argv);
  BOOST_TEST(done.exit_status == 0, done.out);
  BOOST_TEST(done.out.find("configuration\twarning\tcannot tell: ") != std::string::npos, done.out);
  BOOST_TEST(done.out.find("sudo optoutctl -c ") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(doctor_of_redis)

BOOST_AUTO_TEST_CASE(a_redis_that_keeps_opt_outs_is_fine_and_nothing_in_it_changes) {
  KeptAdmin admin;
  const std::string before = admin.redis().cli({"KEYS", "*"});
  auto found = diagnosis(admin);
  for (const char* check : {"Redis", "schema", "lookups", "recording opt-outs", "version",
                            "maxmemory-policy", "memory", "persistence"})
    BOOST_TEST(found[check].state == "ok", check << found[check].text);
  BOOST_TEST(found["replicas"].state == "warning");
  BOOST_TEST(admin.redis().cli({"KEYS", "*"}) == before);
  BOOST_TEST(admin.redis().cli({"SCARD", "optout:set:global"}) == "0");
}

BOOST_AUTO_TEST_CASE(one_that_is_not_there_is_found) {
  ReadyAdmin admin;
  admin.redis().stop();
  const Found found = diagnosis(admin)["Redis"];
  BOOST_TEST(found.state == "error");
  BOOST_TEST(found.says("redis-cli -s " + admin.redis().socket() + " ping"));
}

BOOST_AUTO_TEST_CASE(one_that_does_not_answer_is_not_waited_for) {
  ReadyAdmin admin;
  admin.redis().freeze();
  BOOST_TEST(diagnosis(admin)["Redis"].state == "error");
  admin.redis().thaw();
}

BOOST_AUTO_TEST_CASE(one_without_our_mark_is_found) {
  Admin admin;
  const Found found = diagnosis(admin)["schema"];
  BOOST_TEST(found.state == "error");
  BOOST_TEST(found.says(" init"));
}

BOOST_AUTO_TEST_CASE(one_of_another_version_is_found) {
  ReadyAdmin admin;
  admin.redis().cli({"HSET", "optout:schema", "version", "99"});
  BOOST_TEST(diagnosis(admin)["schema"].state == "error");
}

BOOST_AUTO_TEST_CASE(one_that_asks_for_a_password_is_found) {
  ReadyAdmin admin;
  admin.redis().cli({"CONFIG", "SET", "requirepass", "secret"});
  BOOST_TEST(diagnosis(admin)["Redis"].says("redis.password_file"));
}

BOOST_AUTO_TEST_CASE(rights_that_are_missing_are_named_by_command) {
  KeptAdmin admin({"user reader on nopass ~optout:* -@all +hmget +hget +smismember +multi",
                   "user lame on nopass ~optout:* -@all +hmget"});
  admin.configure("unix://reader@" + admin.redis().socket());
  auto found = diagnosis(admin);
  BOOST_TEST(found["lookups"].state == "ok", found["lookups"].text);
  BOOST_TEST(found["recording opt-outs"].state == "error");
  BOOST_TEST(found["recording opt-outs"].says("SADD optout:set:global: NOPERM"));
  BOOST_TEST(found["recording opt-outs"].says("ACL SETUSER reader '~optout:*' +sadd +hsetnx"));
  BOOST_TEST(found["Redis itself"].says("cannot tell"));

  admin.configure("unix://lame@" + admin.redis().socket());
  found = diagnosis(admin);
  BOOST_TEST(found["lookups"].state == "error");
  BOOST_TEST(found["recording opt-outs"].says("MULTI: NOPERM"));
}

// Every set that a stream honours is asked for, as a lookup would ask.
BOOST_AUTO_TEST_CASE(sets_that_cannot_be_read_are_found_whatever_stream_honours_them) {
  KeptAdmin admin({"user reader on nopass ~optout:* (~crm:gone +smismember) +@all"});
  const std::string streams =
      "streams: [ { name: news, tenant: acme, honours: [list, stream, key:crm:gone] } ]\n";
  admin.configure(admin.redis().url_unix(), streams);
  BOOST_TEST(diagnosis(admin)["lookups"].state == "ok");
  for (const char* key :
       {"optout:acme:set:list:doctor.invalid", "optout:acme:set:stream:news", "crm:gone"}) {
    admin.redis().cli({"SET", key, "no set"});
    const Found found = diagnosis(admin)["lookups"];
    BOOST_TEST(found.state == "error", key);
    BOOST_TEST(found.says(fmt::format("SMISMEMBER {}: WRONGTYPE", key)), found.text);
    admin.redis().cli({"DEL", key});
  }
  admin.configure("unix://reader@" + admin.redis().socket(), streams);
  BOOST_TEST(diagnosis(admin)["lookups"].state == "ok", diagnosis(admin)["lookups"].text);
  admin.redis().cli({"ACL", "SETUSER", "reader", "clearselectors"});
  const Found found = diagnosis(admin)["lookups"];
  BOOST_TEST(found.state == "error");
  BOOST_TEST(found.says("ACL SETUSER reader '(~crm:gone +smismember)'"), found.text);
}

BOOST_AUTO_TEST_CASE(AD_17_one_that_was_initialised_with_other_address_rules_is_found) {
  KeptAdmin admin;
  BOOST_TEST(diagnosis(admin)["address rules"].state == "ok");
  admin.redis().cli({"HSET", "optout:schema", "address_rules", "1/unicode-5.0"});
  BOOST_TEST(diagnosis(admin)["address rules"].state == "warning");
}

BOOST_AUTO_TEST_CASE(the_socket_is_looked_at_for_the_daemon_and_not_for_root) {
  KeptAdmin admin;
  BOOST_REQUIRE_EQUAL(::chmod(admin.redis().socket().c_str(), 0600), 0);
  const auto found = diagnosis(admin);
  BOOST_TEST(found.at("redis.url").state != "ok", found.at("redis.url").text);
}

BOOST_AUTO_TEST_CASE(one_that_may_evict_opt_outs_is_found) {
  KeptAdmin admin;
  admin.redis().cli({"CONFIG", "SET", "maxmemory", "100mb"});
  BOOST_TEST(diagnosis(admin)["maxmemory-policy"].state == "ok");
  admin.redis().cli({"CONFIG", "SET", "maxmemory-policy", "volatile-lru"});
  BOOST_TEST(diagnosis(admin)["maxmemory-policy"].state == "warning");
  admin.redis().cli({"CONFIG", "SET", "maxmemory-policy", "allkeys-lru"});
  const Found found = diagnosis(admin)["maxmemory-policy"];
  BOOST_TEST(found.state == "error");
  BOOST_TEST(found.says("CONFIG SET maxmemory-policy noeviction"));
}

BOOST_AUTO_TEST_CASE(one_that_is_full_is_found) {
  KeptAdmin admin;
  admin.redis().cli({"CONFIG", "SET", "maxmemory", "1"});
  auto found = diagnosis(admin);
  BOOST_TEST(found["memory"].state == "warning");
  BOOST_TEST(found["recording opt-outs"].says("OOM"));
}

BOOST_AUTO_TEST_CASE(one_that_loses_everything_at_a_restart_is_found) {
  ReadyAdmin admin;  // neither file nor snapshots
  const Found found = diagnosis(admin)["persistence"];
  BOOST_TEST(found.state == "error");
  BOOST_TEST(found.says("CONFIG SET appendonly yes"));
  admin.redis().cli({"CONFIG", "SET", "save", "3600 1"});
  BOOST_TEST(diagnosis(admin)["persistence"].state == "warning");
  admin.redis().cli({"CONFIG", "SET", "appendonly", "yes"});
  BOOST_TEST(diagnosis(admin)["persistence"].state == "ok");
  admin.redis().cli({"CONFIG", "SET", "appendfsync", "no"});
  BOOST_TEST(diagnosis(admin)["persistence"].state == "warning");
}

BOOST_AUTO_TEST_CASE(a_replica_is_found_and_a_primary_with_one_is_fine) {
  KeptAdmin admin;
  RedisServer replica({fmt::format("replicaof 127.0.0.1 {}", admin.redis().port())});
  BOOST_REQUIRE(wait_until([&] {
    return replica.cli({"INFO", "replication"}).find("master_link_status:up") !=
               std::string::npos &&
           admin.redis().cli({"INFO", "replication"}).find("connected_slaves:1") !=
               std::string::npos;
  }));
  BOOST_TEST(diagnosis(admin)["replicas"].state == "ok");
  admin.configure(replica.url_unix());
  auto found = diagnosis(admin);
  BOOST_TEST(found["role"].state == "error");
  BOOST_TEST(found["recording opt-outs"].says("READONLY"));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(doctor_of_links)

// A server with a certificate of its own on loopback.
struct Page {
  TempDir directory;
  std::uint16_t port = free_port();
  std::string certificate = directory / "cert.pem";
  Process server;

  static bool is_possible() { return find_program("openssl") && find_program("curl"); }

  Page() {
    const std::string key = directory / "key.pem";
    run({"openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out",
         certificate, "-days", "2", "-subj", "/CN=localhost", "-addext",
         "subjectAltName=DNS:localhost"});
    ProcessOptions silent;
    silent.stdout_file = silent.stderr_file = directory / "log";
    server = Process::start({"openssl", "s_server", "-accept", fmt::format("127.0.0.1:{}", port),
                             "-cert", certificate, "-key", key, "-www", "-quiet"},
                            silent);
  }
  std::string link() const { return fmt::format("https://localhost:{}/u/", port); }
};

BOOST_AUTO_TEST_CASE(a_page_is_fine_where_it_answers_with_a_good_certificate) {
  if (!Page::is_possible()) {
    BOOST_TEST_MESSAGE("not checked: openssl and curl are not both installed");
    return;
  }
  const Page page;
  ReadyAdmin admin;
  const std::string keys = admin.file("token.keys");
  BOOST_REQUIRE_EQUAL(admin({"keys", "new", keys}).exit_status, 0);
  const auto look = [&](const std::string& link, const Words& environment) {
    admin.configure(
        admin.redis().url_unix(),
        fmt::format("unsubscribe: {{ domain: optout.example.com, keys: {}, link: \"{}\" }}\n", keys,
                    link));
    const Finished done = admin(doctor({"-o", "tab"}), {}, environment);
    const auto at = done.out.find("unsubscribe.link\t");
    return at == std::string::npos ? done.err : done.out.substr(at);
  };
  const Words trusts{"CURL_CA_BUNDLE=" + page.certificate};
  BOOST_TEST(wait_until(
      [&] { return look(page.link(), trusts).find("answers (HTTP 200)") != std::string::npos; }));
  BOOST_TEST(look(page.link(), {}).find("certificate is not valid") != std::string::npos);
  BOOST_TEST(look(page.link(), {"CURL_CA_BUNDLE=/nonexistent.pem"}).find("no certificate auth") !=
             std::string::npos);
  BOOST_TEST(look(fmt::format("https://localhost:{}/u/", free_port()), trusts)
                 .find("nobody listens there") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()

// What the reader makes of files, beyond the words of its complaints (example_files_test.cpp).

#include "config/reader.h"

#include "config/yaml_text.h"
#include "scratch.h"

#include <boost/test/unit_test.hpp>
#include <sys/stat.h>
#include <unistd.h>

#include <chrono>
#include <map>
#include <string>
#include <vector>

using namespace optout;
using namespace std::chrono_literals;

namespace {

Config config_of(std::string_view yaml) {
  const Loaded loaded = parse_config(yaml, "test.yaml");
  for (const Complaint& complaint : loaded.complaints) {
    if (!complaint.is_warning) BOOST_ERROR(complaint.to_string());
  }
  return loaded.config;
}

std::string first_problem(const Loaded& loaded) {
  return loaded.complaints.empty() ? "no complaint" : loaded.complaints.front().problem;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(reader)

BOOST_AUTO_TEST_CASE(an_empty_file_means_the_defaults) {
  BOOST_TEST((config_of("") == Config{}));
  BOOST_TEST((config_of("# nothing\n") == Config{}));
  BOOST_TEST((config_of("{}\n") == Config{}));
  BOOST_TEST((load_config("/dev/null").config == Config{}));
}

BOOST_AUTO_TEST_CASE(every_setting_reaches_its_option) {
  const Scratch scratch;
  const std::string keys =
      scratch.write("k", "1:" + std::string(64, '0') + "\n12:" + std::string(64, 'F') + "\n");
  const std::string password = scratch.write("p", "hunter2\n");
  const Config config = config_of(
      "listen: local:/run/m.sock\n"
      "socket: { mode: 0600, group: \"\" }\n"
      "mode: monitor\n"
      "redis:\n"
      "  url: unix:///run/r.sock?db=2\n"
      "  password_file: " +
      password +
      "\n"
      "  prefix: \"p:\"\n"
      "  timeout: 10s\n"
      "addresses: { store: digest, plus_tags: also_base, digest_keys: " +
      keys +
      " }\n"
      "our_domains: [Example.COM]\n"
      "streams:\n"
      "  - name: shop\n"
      "    mode: enforce\n"
      "    when:\n"
      "      sender: [\"<>\", \"@Example.com\"]\n"
      "      from: Ann@Example.com\n"
      "      auth: Shop\n"
      "      client: 192.0.2.0/24\n"
      "      listener: smtpd\n"
      "      header: { List-Id: News.Example.com, X-Kind: [A, B] }\n"
      "    tenant: acme\n"
      "    honours: [block]\n"
      "    recipients_only: \"@test.example\"\n"
      "    on_opted_out: hold\n"
      "    on_mixed: reject\n"
      "    on_outage: accept\n"
      "    reply: no\n"
      "metrics: { listen: \"[::1]:9894\" }\n"
      "log: { destination: stderr, addresses: digest }\n");
  Config expected;
  expected.listen.address.path = "/run/m.sock";
  expected.listen.mode = 0600;
  expected.mode = Mode::monitor;
  expected.redis.address.path = "/run/r.sock";
  expected.redis.database = 2;
  expected.redis.password_file = password;
  expected.redis.timeout = 10s;
  expected.prefix = "p:";
  expected.addresses.store = MemberOptions::Store::digest;
  expected.addresses.plus_tags = MemberOptions::PlusTags::also_base;
  expected.addresses.digest_keys = {{1, std::string(32, '\0')}, {12, std::string(32, '\xFF')}};
  expected.addresses.digest_keys_file = keys;
  expected.our_domains = {"example.com"};
  expected.streams.clear();
  expected.streams.push_back(
      {.name = "shop",
       .mode = Mode::enforce,
       .when = {.sender = {"<>", "*@example.com"},
                .from = {"ann@example.com"},
                .auth = {"shop"},
                .client = {*parse_ip_network("192.0.2.0/24")},
                .listener = {"smtpd"},
                .header = {{"list-id", {"news.example.com"}}, {"x-kind", {"a", "b"}}}},
       .tenant = "acme",
       .honours = {"block"},
       .recipients_only = {"*@test.example"},
       .on_opted_out = OnOptedOut::hold,
       .on_mixed = OnMixed::reject,
       .on_outage = OnOutage::accept,
       .reply = "no"});
  expected.streams.emplace_back();
  expected.streams.back().mode = Mode::monitor;
  expected.metrics.listen = SocketAddress{.path = {}, .host = "::1", .port = 9894};
  expected.log = {LogDestination::stderr_, LogAddresses::digest};
  BOOST_TEST((config == expected));
}

BOOST_AUTO_TEST_CASE(a_url_changes_neither_timeout_nor_password_file) {
  const Config config =
      config_of("redis: { timeout: 1s, password_file: /nowhere/p, url: \"redis://127.0.0.1\" }\n");
  BOOST_TEST(config.redis.timeout.count() == 1000);
  BOOST_TEST(config.redis.password_file == "/nowhere/p");
  BOOST_TEST(config.redis.address.host == "127.0.0.1");
  BOOST_TEST(!config.redis.address.is_unix());
}

BOOST_AUTO_TEST_CASE(a_stream_says_for_itself_what_an_outage_means_or_inherits_it) {
  BOOST_TEST(
      (config_of("redis: { on_outage: accept }\n").streams[0].on_outage == OnOutage::accept));
  BOOST_TEST((config_of("redis: { on_outage: accept }\nstreams: [{ on_outage: defer }]\n")
                  .streams[0]
                  .on_outage == OnOutage::defer));
}

BOOST_AUTO_TEST_CASE(a_file_of_more_than_eight_mebibytes_is_refused) {
  const Scratch scratch;
  const std::string fits = scratch.write("fits.yaml", std::string(kMostYamlOctets, '#'));
  const std::string does_not = scratch.write("long.yaml", std::string(kMostYamlOctets + 1, '#'));
  BOOST_TEST(load_config(fits).usable());
  BOOST_TEST(first_problem(load_config(does_not)) == "is longer than 8192 KiB");
  BOOST_TEST(first_problem(load_config("/dev/zero")) == "is longer than 8192 KiB");
}

BOOST_AUTO_TEST_CASE(more_values_than_any_configuration_has_are_refused) {
  std::string yaml = "our_domains: [";
  for (std::size_t i = 0; i < kMostYamlValues; ++i)
    yaml += "a,";
  BOOST_TEST(first_problem(parse_config(yaml + "a]\n", "t.yaml")) == "more than 400000 values");
}

BOOST_AUTO_TEST_CASE(brackets_without_end_use_up_neither_stack_nor_patience) {
  constexpr std::size_t kMany = std::size_t{1} << 20;
  BOOST_TEST(!parse_config(std::string(kMany, '['), "t.yaml").usable());
  BOOST_TEST(!parse_config(std::string(kMany, '{'), "t.yaml").usable());
  std::string dashes;
  while (dashes.size() < 4096)
    dashes += "- ";
  BOOST_TEST(!parse_config(dashes, "t.yaml").usable());
}

BOOST_AUTO_TEST_CASE(a_fifo_is_refused_without_waiting_for_a_writer) {
  const Scratch scratch;
  const std::string fifo = (scratch.path() / "fifo.yaml").string();
  BOOST_REQUIRE(::mkfifo(fifo.c_str(), 0600) == 0);
  BOOST_TEST(first_problem(load_config(fifo)) == "is not a regular file");
}

BOOST_AUTO_TEST_CASE(a_file_without_permission_is_an_error_not_a_default) {
  if (::geteuid() == 0) {
    BOOST_TEST_MESSAGE("skipped: root may read every file");
    return;
  }
  const Scratch scratch;
  const Loaded loaded = load_config(scratch.write("secret.yaml", "mode: monitor\n", 0));
  BOOST_TEST(first_problem(loaded) == "cannot be read: Permission denied");
}

BOOST_AUTO_TEST_CASE(keys_that_the_group_may_only_read_are_fine_and_others_must_not_even_write) {
  const Scratch scratch;
  const std::string key = "1:" + std::string(64, 'a') + "\n";
  for (const unsigned mode : {0600U, 0640U, 0440U}) {
    const std::string file = scratch.write("k", key, mode);
    BOOST_TEST(parse_config("addresses: { digest_keys: " + file + " }\n", "t.yaml").usable());
    std::filesystem::remove(file);
  }
  for (const unsigned mode : {0644U, 0642U, 0641U}) {
    const std::string file = scratch.write("k", key, mode);
    BOOST_TEST(!parse_config("addresses: { digest_keys: " + file + " }\n", "t.yaml").usable());
    std::filesystem::remove(file);
  }
}

BOOST_AUTO_TEST_CASE(a_key_is_never_printed) {
  const Scratch scratch;
  const std::string secret(63, 'd');
  const std::string file = scratch.write("k", "1:" + secret + "\n" + secret + "\n");
  const Loaded loaded = parse_config("addresses: { digest_keys: " + file + " }\n", "t.yaml");
  BOOST_TEST(loaded.complaints.size() == 2U);
  for (const Complaint& complaint : loaded.complaints) {
    BOOST_TEST(complaint.to_string().find("ddd") == std::string::npos);
  }
}

BOOST_AUTO_TEST_CASE(every_file_of_conf_d_may_be_wrong_at_the_same_time) {
  const Scratch scratch;
  scratch.write("conf.d/b.yaml", "mode: [\n");
  scratch.write("conf.d/a.yaml", "\tmode: monitor\n");
  const Loaded loaded = load_config(scratch.write("main.yaml", "mode: 'x\n"));
  BOOST_REQUIRE(loaded.complaints.size() == 3U);
  BOOST_TEST(loaded.complaints[0].file == (scratch.path() / "main.yaml").string());
  BOOST_TEST(loaded.complaints[1].file == (scratch.path() / "conf.d/a.yaml").string());
  BOOST_TEST(loaded.complaints[2].file == (scratch.path() / "conf.d/b.yaml").string());
}

BOOST_AUTO_TEST_CASE(the_summary_counts_errors_and_warnings) {
  BOOST_TEST(parse_config("", "t").summary().empty());
  BOOST_TEST(parse_config("mode: x\n", "t").summary() == "1 error");
  BOOST_TEST(parse_config("mode: x\nlog: x\nsocket: { mode: 0666 }\n", "t").summary() ==
             "2 errors, 1 warning");
}

BOOST_AUTO_TEST_CASE(warnings_leave_a_configuration_usable) {
  const Loaded loaded = parse_config("socket: { mode: 0666 }\n", "t.yaml");
  BOOST_TEST(loaded.usable());
  BOOST_REQUIRE(loaded.complaints.size() == 1U);
  BOOST_TEST(loaded.complaints[0].is_warning);
  BOOST_TEST(loaded.complaints[0].to_string().starts_with("t.yaml:1:17: socket.mode: warning: "));
}

BOOST_AUTO_TEST_CASE(only_what_cannot_change_while_running_needs_a_restart) {
  const Config running;
  Config next;
  next.mode = Mode::monitor;
  next.redis.timeout = 1s;
  next.prefix = "other:";
  next.streams[0].reply = "no";
  next.streams.insert(next.streams.begin(), Stream{});
  next.log.addresses = LogAddresses::none;
  BOOST_TEST(needs_restart(running, next).empty());

  next.listen.address.path = "/run/other.sock";
  next.listen.mode = 0600;
  next.listen.group = "postfix";
  next.metrics.listen = SocketAddress{.path = {}, .host = "127.0.0.1", .port = 9894};
  next.log.destination = LogDestination::stderr_;
  const std::vector<std::string> expected = {"listen", "socket.mode", "socket.group",
                                             "metrics.listen", "log.destination"};
  BOOST_TEST(needs_restart(running, next) == expected, boost::test_tools::per_element());
  BOOST_TEST(all_that_need_restart() == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_SUITE_END()

// Whether the daemon has read what stands in the files by now.

#include "doctor/reload_check.h"

#include "findings.h"
#include "support/temp_dir.h"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <fstream>

using namespace optout;
using namespace optout::doctor;
using namespace optout::test;

namespace {

using Time = std::chrono::system_clock::time_point;
constexpr Time kStart{std::chrono::seconds(1000)};

DaemonFacts started(std::optional<Time> since) {
  DaemonFacts facts;
  facts.knock.answer = Knock::Answer::milter;
  facts.process =
      Process{.program = "optout-milter", .account = {}, .most_open_files = {}, .since = since};
  return facts;
}

Findings look(int seconds_after_start, const DaemonFacts& daemon, std::optional<Time> loaded = {},
              const std::optional<SocketAddress>& metrics = {}) {
  const std::vector<FileFacts> files{
      {.path = "/etc/x.yaml", .changed = kStart + std::chrono::seconds(seconds_after_start)},
      {.path = "/etc/conf.d", .error = ENOENT}};
  Findings findings = check_reload(files, daemon, metrics, loaded);
  BOOST_TEST(all_give_reasons(findings));
  return findings;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(reload_check)

BOOST_AUTO_TEST_CASE(a_file_that_is_older_than_the_daemon_is_in_force) {
  BOOST_TEST(state_of(look(-5, started(kStart)), "in force") == "ok");
}

BOOST_AUTO_TEST_CASE(one_that_has_changed_since_is_to_be_reloaded) {
  const Findings findings = look(5, started(kStart));
  BOOST_TEST(state_of(findings, "in force") == "warning");
  BOOST_TEST(say(findings, "/etc/x.yaml changed after the daemon was started"));
  BOOST_TEST(say(findings, "systemctl reload optout-milter"));
  BOOST_TEST(say(findings, "metrics: { listen: 127.0.0.1:9894 }"));
}

BOOST_AUTO_TEST_CASE(where_metrics_tell_of_a_reload_it_counts) {
  const auto reload = kStart + std::chrono::seconds(100);
  BOOST_TEST(state_of(look(50, started(kStart), reload), "in force") == "ok");
  const Findings findings = look(150, started(kStart), reload);
  BOOST_TEST(state_of(findings, "in force") == "warning");
  BOOST_TEST(!say(findings, "metrics"));
}

BOOST_AUTO_TEST_CASE(a_reload_leaves_what_needs_a_restart_as_it_was_and_that_is_told) {
  const auto reload = kStart + std::chrono::seconds(100);
  const Findings reloaded = look(50, started(kStart), reload);
  BOOST_TEST(
      say(reloaded, "listen, socket.mode, socket.group, metrics.listen and log.destination"));
  BOOST_TEST(say(reloaded, "are as they were when it was started"));
  BOOST_TEST(say(look(50, started(std::nullopt), reload), "as they were"));
  BOOST_TEST(!say(look(-5, started(kStart), reload), "as they were"));
}

BOOST_AUTO_TEST_CASE(without_metrics_it_is_said_that_a_reload_cannot_be_seen) {
  const Findings without = look(5, started(kStart));
  BOOST_TEST(say(without, "Only its metrics tell of a reload"));
  BOOST_TEST(say(without, "systemctl restart optout-milter    # from then on its metrics tell"));
  // They may be configured, and yet to come: where they are is one of those settings.
  const SocketAddress metrics{.path = {}, .host = "127.0.0.1", .port = 9894};
  const Findings silent = look(5, started(kStart), {}, metrics);
  BOOST_TEST(say(silent, "at inet:127.0.0.1:9894 are none of its metrics"));
  BOOST_TEST(say(silent, "systemctl restart optout-milter    # from then on its metrics tell"));
  BOOST_TEST(!say(silent, "metrics: { listen"));
}

BOOST_AUTO_TEST_CASE(
    a_daemon_that_nobody_can_ask_cannot_be_told_and_one_that_is_away_is_not_asked) {
  BOOST_TEST(say(look(-5, started(std::nullopt)), "cannot tell"));
  BOOST_TEST(check_reload({}, DaemonFacts(), {}, {}).empty());
}

BOOST_AUTO_TEST_CASE(a_file_that_may_not_be_looked_at_cannot_be_told) {
  const Findings findings =
      check_reload({{.path = "/etc/x.yaml", .error = EACCES}}, started(kStart), {}, {});
  BOOST_TEST(state_of(findings, "in force") == "warning");
}

BOOST_AUTO_TEST_CASE(what_is_in_conf_d_and_secrets_belong_to_it) {
  TempDir directory;
  std::filesystem::create_directory(directory / "conf.d");
  for (const char* name : {"optout-milter.yaml", "conf.d/10-local.yaml", "conf.d/README", "keys"})
    std::ofstream(directory / name) << "\n";
  Config config;
  config.unsubscribe.keys_file = directory / "keys";
  const auto files = files_of_config(config, directory / "optout-milter.yaml");
  const auto has = [&](const std::string& name) {
    return std::any_of(files.begin(), files.end(), [&](const FileFacts& file) {
      return file.path == directory / name && file.changed > kStart;
    });
  };
  BOOST_TEST(has("optout-milter.yaml"));
  BOOST_TEST(has("conf.d"));
  BOOST_TEST(has("conf.d/10-local.yaml"));
  BOOST_TEST(has("keys"));
  BOOST_TEST(!has("conf.d/README"));
}

BOOST_AUTO_TEST_SUITE_END()

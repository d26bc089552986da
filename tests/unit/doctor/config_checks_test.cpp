// The configuration: complaints, modes, and files with secrets.

#include "doctor/config_checks.h"

#include "findings.h"

#include <boost/test/unit_test.hpp>
#include <sys/stat.h>

#include <cerrno>

using namespace optout;
using namespace optout::doctor;
using namespace optout::test;

namespace {

constexpr gid_t kGroup = 990;
const Account kDaemon{.name = "_optout-milter", .uid = 990, .groups = {kGroup}};

Secret secret_of(mode_t mode, gid_t group, mode_t directory = 0755, int error = 0) {
  return {.setting = "unsubscribe.keys",
          .file = {.path = "/etc/x.keys", .error = error, .mode = S_IFREG | mode, .gid = group},
          .way = {{.path = "/etc", .mode = S_IFDIR | directory}}};
}

std::string_view secret(mode_t mode, gid_t group, mode_t directory = 0755, int error = 0) {
  const doctor::Findings findings =
      check_secrets({secret_of(mode, group, directory, error)}, kDaemon);
  BOOST_TEST(all_give_reasons(findings));
  return state_of(findings, "unsubscribe.keys");
}

std::string_view mode(const std::string& yaml) {
  return state_of(check_mode(parse_config(yaml, "x.yaml")), "mode");
}

}  // namespace

BOOST_AUTO_TEST_SUITE(config_checks)

BOOST_AUTO_TEST_CASE(what_the_reader_complains_of_is_told) {
  const auto loading = [](const std::string& yaml) {
    return state_of(check_loading(parse_config(yaml, "x.yaml"), "x.yaml", true), "configuration");
  };
  BOOST_TEST(loading("mode: enforce\n") == "ok");
  BOOST_TEST(loading("redis: { on_outage: accept }\n") == "warning");
  BOOST_TEST(loading("mood: enforce\n") == "error");
}

BOOST_AUTO_TEST_CASE(a_file_that_only_root_may_read_is_no_fault_of_the_configuration) {
  Loaded loaded;
  loaded.complaints = {
      {.file = "x.yaml", .setting = {}, .problem = "cannot be read: Permission denied"}};
  BOOST_TEST(state_of(check_loading(loaded, "x.yaml", true), "configuration") == "error");
  BOOST_TEST(state_of(check_loading(loaded, "x.yaml", false), "configuration") == "warning");
}

BOOST_AUTO_TEST_CASE(monitoring_refuses_nothing_yet) {
  BOOST_TEST(mode("mode: enforce\n") == "ok");
  BOOST_TEST(mode("mode: monitor\n") == "warning");
  BOOST_TEST(mode("streams: [{ name: news, mode: monitor, when: { auth: [crm] } }]\n") ==
             "warning");
  BOOST_TEST(mode("guard: { mode: monitor, limits: [{ recipients: 5 per 1h, then: hold }] }\n") ==
             "warning");
}

BOOST_AUTO_TEST_CASE(who_monitors_is_told_where_that_is_said) {
  const auto fix = [](const std::string& yaml) {
    std::string all;
    for (const Finding& finding : check_mode(parse_config(yaml, "x.yaml")))
      for (const std::string& line : finding.fix)
        all += line + "|";
    return all;
  };
  const std::string reload = "systemctl reload optout-milter|";
  const std::string news = "streams:\n  - name: news\n    when: { auth: [crm] }\n";
  const std::string for_all = "in optout-milter.yaml:  mode: enforce|";
  BOOST_TEST(fix("mode: monitor\n" + news) == for_all + reload);
  BOOST_TEST(fix(news + "    mode: monitor\n") == "in x.yaml:4:  mode: enforce|" + reload);
  BOOST_TEST(fix(news + "    mode: enforce\nmode: monitor\n") == for_all + reload);
  BOOST_TEST(fix(news + "    mode: monitor\nmode: monitor\n") ==
             for_all + "in x.yaml:4:  mode: enforce|" + reload);
}

BOOST_AUTO_TEST_CASE(secrets_are_for_the_daemon_and_nobody_else) {
  BOOST_TEST(secret(0640, kGroup) == "ok");
  BOOST_TEST(secret(0644, kGroup) == "error");
  BOOST_TEST(secret(0660, kGroup) == "warning");
  BOOST_TEST(secret(0600, kGroup) == "error");  // root's: the daemon cannot read it
  BOOST_TEST(secret(0640, 0) == "error");
  BOOST_TEST(secret(0640, kGroup, 0700) == "error");
  BOOST_TEST(secret(0640, kGroup, 0755, ENOENT) == "error");
  BOOST_TEST(secret(0640, kGroup, 0755, EACCES) == "warning");
}

BOOST_AUTO_TEST_CASE(whether_a_daemon_that_nobody_knows_may_read_them_cannot_be_told) {
  const doctor::Findings findings = check_secrets({secret_of(0640, kGroup)}, std::nullopt);
  BOOST_TEST(state_of(findings, "unsubscribe.keys") == "warning");
  BOOST_TEST(say(findings, "cannot tell"));
  // What is wrong whoever it is, is wrong.
  BOOST_TEST(state_of(check_secrets({secret_of(0644, kGroup)}, std::nullopt), "unsubscribe.keys") ==
             "error");
}

BOOST_AUTO_TEST_CASE(numbers_of_token_keys_run_out_one_day) {
  const auto keys = [](unsigned number) {
    Config config;
    config.unsubscribe.keys[number] = TokenKey{.secret = std::string(32, 'k')};
    return state_of(check_token_keys(config), "token keys");
  };
  BOOST_TEST(keys(1) == "ok");
  BOOST_TEST(keys(62) == "warning");
  BOOST_TEST(check_token_keys({}).empty());
}

BOOST_AUTO_TEST_SUITE_END()

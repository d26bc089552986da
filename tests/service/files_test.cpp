// The files that come with the daemon, each given to the program that reads it.

#include "dialogs/needs_daemon.h"
#include "support/milter_client.h"
#include "support/optout_milter.h"
#include "support/sendmail.h"

#include <boost/test/unit_test.hpp>
#include <fmt/format.h>
#include <sys/stat.h>

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>
#include <string_view>
#include <system_error>

namespace optout::test {
namespace {

BOOST_TEST_GLOBAL_FIXTURE(NeedsDaemon);

std::string packaging(std::string_view file) {
  return fmt::format("{}/packaging/{}", std::getenv("OPTOUT_SOURCE"), file);
}

std::string text_of(const std::string& file) {
  std::ostringstream text;
  text << std::ifstream(file).rdbuf();
  return text.str();
}

bool has(std::string_view text, std::string_view words) {
  return text.find(words) != std::string_view::npos;
}

// Whether the program is here; says so where it is not.
bool is_here(std::string_view program) {
  if (find_program(program)) return true;
  BOOST_TEST_MESSAGE("skipped: " << program << " is not installed");
  return false;
}

// The unit as it is installed, but with the program that was just built.
struct Unit {
  Unit() {
    std::string text = text_of(packaging("systemd/optout-milter.service.in"));
    const std::string from = "@CMAKE_INSTALL_FULL_SBINDIR@";
    for (std::size_t at = 0; (at = text.find(from)) != std::string::npos;)
      text.replace(at, from.size(), std::getenv("OPTOUT_BIN"));
    std::ofstream(service) << text;
    std::filesystem::copy(packaging("systemd/optout-milter.socket"), directory.path());
  }
  TempDir directory;
  std::string service = directory / "optout-milter.service";
};

// The names of system calls in these sets of systemd's, such as @system-service.
std::set<std::string> calls_of(const std::vector<std::string>& sets) {
  std::set<std::string> calls;
  std::vector<std::string> argv{"systemd-analyze", "syscall-filter", "--no-pager"};
  argv.insert(argv.end(), sets.begin(), sets.end());
  std::istringstream lines(run(argv).out);
  std::vector<std::string> inner;
  for (std::string line; std::getline(lines, line);) {
    if (!line.starts_with("    ") || line[4] == '#') continue;
    if (line[4] == '@') inner.push_back(line.substr(4));
    if (line[4] != '@') calls.insert(line.substr(4));
  }
  if (!inner.empty()) calls.merge(calls_of(inner));
  return calls;
}

// The names of system calls in what strace -f has written.
std::set<std::string> calls_in(const std::string& trace) {
  std::istringstream lines(trace);
  std::set<std::string> calls;
  for (std::string line; std::getline(lines, line);) {
    const auto from = line.find_first_not_of("0123456789 ");
    const auto to = line.find('(');
    if (from != std::string::npos && to != std::string::npos && from < to &&
        line.find_first_not_of("abcdefghijklmnopqrstuvwxyz_0123456789", from) == to) {
      calls.insert(line.substr(from, to - from));
    }
  }
  return calls;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(files)

BOOST_FIXTURE_TEST_CASE(the_unit_exposes_no_more_than_1_5_by_the_scale_of_systemd, Unit) {
  if (!is_here("systemd-analyze")) return;
  const Finished done = run(
      {"systemd-analyze", "security", "--offline=true", "--threshold=15", "--no-pager", service});
  BOOST_TEST(done.exit_status == 0, done.out << done.err);
  BOOST_TEST(has(done.out, "Overall exposure level"), done.out << done.err);
}

BOOST_FIXTURE_TEST_CASE(systemd_finds_nothing_wrong_with_the_units, Unit) {
  if (!is_here("systemd-analyze")) return;
  const Finished done =
      run({"systemd-analyze", "verify", "--man=no", service, directory / "optout-milter.socket"});
  BOOST_TEST(done.exit_status == 0, done.err);
  std::istringstream lines(done.err);
  for (std::string line; std::getline(lines, line);)
    BOOST_TEST(!has(line, "optout-milter"), line);
}

// Every system call of a life with mail, a reload and a stop is one that the unit grants.
BOOST_AUTO_TEST_CASE(the_daemon_needs_no_system_call_that_the_unit_forbids) {
  if (!is_here("systemd-analyze") || !is_here("strace")) return;
  if (std::string_view(OPTOUT_SANITIZE) != "") {
    BOOST_TEST_MESSAGE("skipped: sanitizers make system calls of their own, or cannot be traced");
    return;
  }
  const SharedDir directory;
  if (run({"strace", "-f", "-qq", "-o", directory / "t", "true"}).exit_status != 0) {
    BOOST_TEST_MESSAGE("skipped: nobody may be traced here");
    return;
  }
  std::set<std::string> granted = calls_of({"@system-service"});
  const std::set<std::string> always = calls_of({"@default"});
  for (const std::string& call : calls_of({"@privileged", "@resources"}))
    granted.erase(call);
  granted.insert(always.begin(), always.end());
  for (const char* call : {"chown", "fchown", "fchownat", "lchown"})
    granted.insert(call);

  const RedisServer redis;
  const std::string sock = directory / "m.sock";
  const std::string group = run({"id", "-gn"}).out;
  std::ofstream(directory / "c.yaml") << fmt::format(
      "listen: unix:{}\nsocket: {{ group: {} }}\nredis: {{ url: \"{}\", timeout: 5s }}\n"
      "metrics: {{ listen: \"127.0.0.1:0\" }}\n",
      sock, group.substr(0, group.find('\n')), redis.url_unix());
  const std::string bin = std::getenv("OPTOUT_BIN");
  BOOST_TEST(run({bin + "/optoutctl", "-c", directory / "c.yaml", "init"}).exit_status == 0);
  // With -D, the daemon and not strace is the child of ours that ends with us.
  Process daemon = Process::start({"strace", "-D", "-f", "-qq", "-o", directory / "trace",
                                   bin + "/optout-milter", "-f", "-c", directory / "c.yaml"});
  const auto listens = [&] {
    try {
      StreamSocket::connect(unix_socket(sock));
      return true;
    } catch (const std::system_error&) {
      return false;  // not there yet, or there but nobody listens yet
    }
  };
  BOOST_REQUIRE(wait_until(listens));
  for (int i = 0; i < 3; ++i) {
    MilterClient client(unix_socket(sock));
    client.negotiate();
    client.connect();
    client.helo();
    client.mail("<news@shop.example>");
    client.recipient("<bob@example.com>");
    client.data();
    client.header("Subject", "news");
    client.end_of_headers();
    client.end_of_message();
    client.quit();
  }
  daemon.signal(SIGHUP);
  daemon.signal(SIGTERM);
  BOOST_TEST((daemon.wait() == 0));
  std::set<std::string> used;
  BOOST_TEST(wait_until([&] {
    used = calls_in(text_of(directory / "trace"));
    return used.contains("exit_group");
  }));
  BOOST_TEST(used.contains("accept"));
  for (const std::string& call : used)
    BOOST_TEST(granted.contains(call), call);
}

BOOST_AUTO_TEST_CASE(the_account_and_the_directory_of_the_socket_are_made) {
  if (!is_here("systemd-sysusers") || !is_here("systemd-tmpfiles")) return;
  const TempDir root;
  std::filesystem::create_directories(root / "etc");
  std::ofstream(root / "etc/passwd") << "root:x:0:0::/root:/bin/sh\n";
  std::ofstream(root / "etc/group") << "root:x:0:\n";
  const std::string at = "--root=" + root.path().string();
  const Finished made = run({"systemd-sysusers", at, packaging("systemd/sysusers.conf")});
  BOOST_TEST(made.exit_status == 0, made.err);
  BOOST_TEST(has(text_of(root / "etc/passwd"), "\n_optout-milter:x:"));
  BOOST_TEST(has(text_of(root / "etc/passwd"), ":/nonexistent:/usr/sbin/nologin\n"));
  if (::geteuid() != 0) return;

  const std::vector<std::string> tmpfiles{"systemd-tmpfiles", at, "--create",
                                          packaging("systemd/tmpfiles.conf")};
  run(tmpfiles);  // says that there is no Postfix here, and makes nothing
  BOOST_TEST(!std::filesystem::exists(root / "var/spool/postfix"));
  std::ofstream(root / "etc/group", std::ios::app) << "postfix:x:113:\n";
  const Finished done = run(tmpfiles);
  BOOST_TEST(done.exit_status == 0, done.err);
  struct stat there {};
  BOOST_REQUIRE(::stat((root / "var/spool/postfix/optout-milter").c_str(), &there) == 0);
  BOOST_TEST((there.st_mode & 07777u) == 02750u);
  BOOST_TEST(there.st_gid == 113u);
}

BOOST_AUTO_TEST_CASE(the_apparmor_profile_is_one) {
  if (!is_here("apparmor_parser")) return;
  const Finished done =
      run({"apparmor_parser", "-QK", packaging("apparmor/usr.sbin.optout-milter")});
  BOOST_TEST(done.exit_status == 0, done.err);
}

BOOST_AUTO_TEST_CASE(sendmail_is_given_a_milter_that_defers_while_it_is_away) {
  const char* const package = std::getenv("OPTOUT_SENDMAIL");
  const std::string cf = fmt::format("{}/usr/share/sendmail/cf/m4/cf.m4", package);
  if (!is_here("m4")) return;
  if (!std::filesystem::exists(cf)) {
    BOOST_TEST_MESSAGE("skipped: there is no Sendmail; packaging/unpack-sendmail unpacks it");
    return;
  }
  const auto configuration = [&](const std::string& before) {
    const Finished m4 =
        run({"m4", "-"},
            fmt::format(
                "divert(-1)\ninclude(`{}')\ndivert(0)dnl\nOSTYPE(`linux')dnl\n{}include(`{}')dnl\n"
                "MAILER(`smtp')dnl\n",
                cf, before, packaging("sendmail/optout-milter.m4")));
    BOOST_TEST(m4.exit_status == 0, m4.err);
    return m4.out;
  };
  const std::string plain = configuration("");
  BOOST_TEST(has(
      plain, "\nXoptout, S=unix:/run/optout-milter/milter.sock, F=T, T=C:10s;S:10s;R:10s;E:60s\n"));
  BOOST_TEST(has(plain, "\nO InputMailFilters=optout\n"));
  BOOST_TEST(has(configuration("define(`confOPTOUT_SOCKET', `unix:/a/b')dnl\n"),
                 "\nXoptout, S=unix:/a/b, F=T, "));
  if (const auto reason = Sendmail::unavailable()) {
    BOOST_TEST_MESSAGE("skipped: " << *reason);
    return;
  }
  const SharedDir directory(Sendmail::kParent);
  const RedisServer redis;
  const OptoutMilter milter(redis, unix_socket(directory / "m.sock"));
  const Sendmail sendmail(
      {.milter = {},
       .next_hop = free_port(),
       .lines = {fmt::format("define(`confOPTOUT_SOCKET', `unix:{}')", directory / "m.sock"),
                 fmt::format("include(`{}')", packaging("sendmail/optout-milter.m4"))}});
  BOOST_TEST(wait_until([&] {
    StreamSocket::connect(loopback_port(sendmail.port()));
    return !has(milter.metrics(), "\noptout_sessions 0\n");
  }));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace optout::test

#include "support/sendmail.h"

#include "support/stream_socket.h"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string_view>
#include <system_error>

namespace optout::test {
namespace {

constexpr std::string_view kHostName = "sm.test.example";

// {0} the unpacked package, {1} the directory, {2} our port, {3} the next hop's, {4} the milter's
// and further lines, {5} our host name.
//
// On a busy machine Sendmail would queue and then refuse mail; here the load never counts.
constexpr std::string_view kConfiguration = R"(divert(-1)
include(`{0}/usr/share/sendmail/cf/m4/cf.m4')
divert(0)dnl
OSTYPE(`linux')dnl
define(`confDEF_USER_ID', `mail:mail')dnl
undefine(`ALIAS_FILE')dnl
undefine(`HELP_FILE')dnl
define(`STATUS_FILE', `/dev/null')dnl
define(`QUEUE_DIR', `{1}/mqueue')dnl
define(`confPID_FILE', `{1}/sendmail.pid')dnl
define(`confCW_FILE', `{1}/local-host-names')dnl
define(`confSERVICE_SWITCH_FILE', `{1}/service.switch')dnl
define(`confDOMAIN_NAME', `{5}')dnl
define(`confDELIVERY_MODE', `interactive')dnl
define(`confTO_IDENT', `0s')dnl
define(`confDONT_PROBE_INTERFACES', `True')dnl
define(`confQUEUE_LA', `100000')dnl
define(`confREFUSE_LA', `100000')dnl
define(`SMART_HOST', `esmtp:[127.0.0.1]')dnl
define(`MAIL_HUB', `esmtp:[127.0.0.1]')dnl
define(`ESMTP_MAILER_ARGS', `TCP $h {3}')dnl
FEATURE(`nocanonify')dnl
FEATURE(`accept_unresolvable_domains')dnl
FEATURE(`accept_unqualified_senders')dnl
FEATURE(`no_default_msa')dnl
FEATURE(`promiscuous_relay')dnl
DAEMON_OPTIONS(`Family=inet, Name=MTA, Addr=127.0.0.1, Port={2}')dnl
{4}MAILER(`local')dnl
MAILER(`smtp')dnl
)";

constexpr std::string_view kMilter =
    "INPUT_MAIL_FILTER(`optout', `S={}, F=T, T=C:10s;S:20s;R:20s;E:60s')dnl\n";

std::string package() {
  const char* directory = std::getenv("OPTOUT_SENDMAIL");
  return directory != nullptr ? directory : "";
}

std::string program() {
  return package() + "/usr/libexec/sendmail/sendmail";
}

bool can_have_a_host_name() {
  return find_program("unshare") && run({"unshare", "-u", "true"}).exit_status == 0;
}

}  // namespace

std::optional<std::string> Sendmail::unavailable() {
  if (package().empty()) return "OPTOUT_SENDMAIL is not set";
  if (::access(program().c_str(), X_OK) != 0) {
    return "there is no Sendmail; packaging/unpack-sendmail unpacks it";
  }
  if (::geteuid() != 0) return "Sendmail is only started by root here";
  if (::access(kParent, W_OK) != 0) return std::string("nothing can be written below ") + kParent;
  if (!find_program("m4")) return "m4, which Sendmail is configured with, is not installed";
  if (run({"ldd", program()}).out.find("not found") != std::string::npos) {
    return "Sendmail misses libraries; packaging/unpack-sendmail installs them";
  }
  if (!can_have_a_host_name()) return "no process can be given a host name of its own here";
  return std::nullopt;
}

void Sendmail::make_map(const std::string& path, const std::string& lines) {
  const std::string makemap = package() + "/usr/libexec/sendmail/makemap";
  const Finished done = run({makemap, "-C", "/dev/null", "hash", path}, lines);
  if (done.exit_status != 0) throw std::runtime_error("makemap: " + done.err);
}

Sendmail::Sendmail(const SendmailOptions& options) : port_(free_port()), log_(directory_ / "log") {
  write_configuration(options);
  ProcessOptions output;
  output.stdout_file = output.stderr_file = directory_ / "complaints";
  process_ = Process::start(command({"-bD", "-X", log_.path()}), output);
  watch_ = DeathWatch(process_.pid());
  const bool up = wait_until([this] {
    try {
      StreamSocket::connect(loopback_port(port_));
      return true;
    } catch (const std::system_error&) {
      return !process_.running();
    }
  });
  if (!up || !process_.running()) {
    throw std::runtime_error("Sendmail does not start: " + LogFile(output.stderr_file).text());
  }
}

Sendmail::~Sendmail() {
  process_.signal(SIGTERM);
  process_.wait(std::chrono::seconds(10));
}

void Sendmail::write_configuration(const SendmailOptions& options) const {
  const std::string top = directory_.path();
  ::chmod(top.c_str(), 0755);
  std::filesystem::create_directory(top + "/mqueue");
  ::chmod((top + "/mqueue").c_str(), 0700);
  std::ofstream(top + "/local-host-names");
  std::ofstream(top + "/service.switch") << "hosts files\n";
  std::string lines;
  if (!options.milter.empty()) lines = fmt::format(kMilter, options.milter);
  for (const std::string& line : options.lines)
    lines += line + "dnl\n";
  const std::string configuration = fmt::format(fmt::runtime(kConfiguration), package(), top, port_,
                                                options.next_hop, lines, kHostName);
  const Finished m4 = run({"m4", "-"}, configuration);
  if (m4.exit_status != 0) throw std::runtime_error("m4: " + m4.err);
  std::ofstream(top + "/sendmail.cf") << m4.out;
}

// With a host name that has no dot, Sendmail sleeps for a minute before it starts.
std::vector<std::string> Sendmail::command(const std::vector<std::string>& arguments) const {
  std::vector<std::string> argv{"unshare",
                                "-u",
                                "sh",
                                "-c",
                                fmt::format("hostname {} && exec \"$@\"", kHostName),
                                "sh",
                                program(),
                                "-C",
                                directory_ / "sendmail.cf"};
  argv.insert(argv.end(), arguments.begin(), arguments.end());
  return argv;
}

std::string Sendmail::quarantine() const {
  return run(command({"-bp", "-qQ"})).out;
}

void Sendmail::release(const std::string& id) const {
  for (const Finished& done :
       {run(command({"-qQ", "-qI" + id, "-Q"})), run(command({"-qI" + id}))}) {
    if (done.exit_status != 0) throw std::runtime_error("sendmail -q: " + done.out + done.err);
  }
}

void Sendmail::release_all() const {
  for (const Finished& done : {run(command({"-qQ", "-Q"})), run(command({"-q"}))}) {
    if (done.exit_status != 0) throw std::runtime_error("sendmail -q: " + done.out + done.err);
  }
}

std::optional<std::string> Sendmail::held_header(const std::string& id) const {
  // A queue file's lines begin with a letter: "H?flags?Name: value", and blanks where it goes on.
  std::ifstream file(fmt::format("{}/mqueue/hf{}", directory_.path().string(), id));
  if (!file) return std::nullopt;
  std::string header;
  bool inside = false;
  for (std::string line; std::getline(file, line);) {
    const bool goes_on = line.starts_with(' ') || line.starts_with('\t');
    if (!goes_on) inside = line.starts_with("H?");
    if (!inside) continue;
    header += (goes_on ? line : line.substr(line.find('?', 2) + 1)) + "\r\n";
  }
  return header;
}

void Sendmail::discard_queue() const {
  for (const auto& entry : std::filesystem::directory_iterator(directory_ / "mqueue"))
    std::filesystem::remove(entry.path());
}

}  // namespace optout::test

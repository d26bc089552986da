#include "support/postfix.h"

#include "support/stream_socket.h"

#include <fmt/format.h>
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <system_error>

namespace optout::test {
namespace {

// Every service is unprivileged where it can be, and none is chrooted.
constexpr std::string_view kServices = R"(
pickup    unix n - n 60 1 pickup
cleanup   unix n - n - 0 cleanup
qmgr      unix n - n 300 1 qmgr
tlsmgr    unix - - n 1000? 1 tlsmgr
rewrite   unix - - n - - trivial-rewrite
bounce    unix - - n - 0 bounce
defer     unix - - n - 0 bounce
trace     unix - - n - 0 bounce
verify    unix - - n - 1 verify
flush     unix n - n 1000? 0 flush
proxymap  unix - - n - - proxymap
smtp      unix - - n - - smtp
relay     unix - - n - - smtp
showq     unix n - n - - showq
error     unix - - n - - error
retry     unix - - n - - error
discard   unix - - n - - discard
anvil     unix - - n - 1 anvil
scache    unix - - n - 1 scache
postlog   unix-dgram n - n - 1 postlogd
)";

// {0} the directory, {1} the milter, {2} the next hop's port.
//
// Everybody is trusted, as XCLIENT makes clients of any address. Postfix sleeps in the face of
// errors and gives up after twenty; tests make errors on purpose.
constexpr std::string_view kParameters = R"(compatibility_level = 3.6
queue_directory = {0}/spool
data_directory = {0}/data
maillog_file = {0}/maillog
maillog_file_prefixes = {0}
myhostname = mx.test.example
mydestination =
mynetworks = 0.0.0.0/0
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
alias_maps =
alias_database =
local_recipient_maps =
local_transport = error:no local delivery
default_transport = smtp:[127.0.0.1]:{2}
relay_transport = smtp:[127.0.0.1]:{2}
smtp_dns_support_level = disabled
smtp_host_lookup = native
smtp_tls_security_level = none
smtpd_peername_lookup = no
smtpd_relay_restrictions = permit_mynetworks, reject
smtpd_authorized_xclient_hosts = 127.0.0.1
smtpd_client_connection_rate_limit = 0
smtpd_client_connection_count_limit = 0
smtpd_error_sleep_time = 0
smtpd_soft_error_limit = 10000
smtpd_hard_error_limit = 10000
in_flow_delay = 0
milter_default_action = tempfail
milter_connect_timeout = 10s
milter_command_timeout = 20s
smtpd_milters = {1}
non_smtpd_milters = {1}
)";

std::string queue_files(const std::string& spool) {
  std::string found;
  for (const char* queue : {"maildrop", "incoming", "active", "deferred", "hold"}) {
    std::error_code ignored;
    const auto begin = std::filesystem::recursive_directory_iterator(
        std::filesystem::path(spool) / queue, ignored);
    for (const auto& entry : begin) {
      if (!entry.is_directory(ignored)) found += entry.path().filename().string() + "\n";
    }
  }
  return found;
}

}  // namespace

std::optional<std::string> Postfix::unavailable() {
  if (::geteuid() != 0) return "Postfix can only be started by root";
  if (!find_program("postfix")) return "Postfix is not installed";
  if (::getpwnam("postfix") == nullptr) return "there is no user postfix";
  return std::nullopt;
}

Postfix::Postfix(const PostfixOptions& options) : port_(free_port()), log_(directory_ / "maillog") {
  write_configuration(options);
  const std::string etc = directory_ / "etc";
  // Makes what is missing of the queue. Always an absolute path: with a relative one, parts of
  // Postfix fail in silence.
  if (const Finished check = run({"postfix", "-c", etc, "check"}); check.exit_status != 0) {
    throw std::runtime_error("postfix check: " + check.err + log_.text());
  }
  // Not "postfix start", which leaves a daemon behind if we crash.
  Finished where = run({"postconf", "-c", etc, "-h", "daemon_directory"});
  where.out.resize(where.out.find_last_not_of('\n') + 1);
  master_ = Process::start({where.out + "/master", "-c", etc, "-s"});
  watch_ = DeathWatch(master_.pid());
  const bool up = wait_until([this] {
    try {
      StreamSocket::connect(loopback_port(port_));
      return true;
    } catch (const std::system_error&) {
      return !master_.running();
    }
  });
  if (!up || !master_.running()) throw std::runtime_error("Postfix does not start: " + log_.text());
}

Postfix::~Postfix() {
  master_.signal(SIGTERM);  // takes all its children with it
  master_.wait(std::chrono::seconds(10));
}

void Postfix::write_configuration(const PostfixOptions& options) const {
  const std::string top = directory_.path();
  ::chmod(top.c_str(), 0755);
  for (const char* part : {"/etc", "/spool", "/data"}) {
    std::filesystem::create_directory(top + part);
  }
  const passwd* postfix = ::getpwnam("postfix");
  if (postfix == nullptr ||
      ::chown((top + "/data").c_str(), postfix->pw_uid, postfix->pw_gid) != 0) {
    throw std::system_error(errno, std::generic_category(), "giving data/ to postfix");
  }
  std::ofstream main(top + "/etc/main.cf");
  main << fmt::format(fmt::runtime(kParameters), top, options.milter, options.next_hop);
  for (const std::string& line : options.parameters)
    main << line << '\n';
  std::ofstream(top + "/etc/master.cf")
      << fmt::format("127.0.0.1:{} inet n - n - - smtpd", port_) << kServices;
}

int Postfix::submit(std::string_view sender, const std::vector<std::string>& recipients,
                    std::string_view message) const {
  std::vector<std::string> argv{"sendmail",          "-C", directory_ / "etc", "-i", "-f",
                                std::string(sender), "--"};
  argv.insert(argv.end(), recipients.begin(), recipients.end());
  return run(argv, message).exit_status;
}

bool Postfix::wait_until_empty(std::chrono::milliseconds at_most) const {
  return wait_until([this] { return queue_files(directory_ / "spool").empty(); }, at_most);
}

bool Postfix::wait_until_done(const std::string& id) const {
  return wait_until(
      [&] { return queue_files(directory_ / "spool").find(id) == std::string::npos; });
}

std::string Postfix::queue() const {
  return run({"postqueue", "-c", directory_ / "etc", "-p"}).out;
}

void Postfix::discard_queue() const {
  if (queue_files(directory_ / "spool").empty()) return;
  run({"postsuper", "-c", directory_ / "etc", "-d", "ALL"});
}

}  // namespace optout::test

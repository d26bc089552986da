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

// {0} the directory, {1} the next hop's port.
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
default_transport = smtp:[127.0.0.1]:{1}
relay_transport = smtp:[127.0.0.1]:{1}
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
milter_connect_timeout = 10s
milter_command_timeout = 20s
)";

constexpr std::string_view kListener = "smtp inet n - {} - - smtpd";

constexpr std::string_view kMilterParameters = R"(milter_default_action = tempfail
smtpd_milters = {0}
non_smtpd_milters = {0}
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

Postfix::Postfix(const PostfixOptions& options)
    : services_(options.chroot), log_(directory_ / "maillog") {
  services_.add(fmt::format(kListener, options.chroot ? 'y' : 'n'));
  services_.add(options.services);
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
      StreamSocket::connect(loopback_port(port()));
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
  main << fmt::format(fmt::runtime(kParameters), top, options.next_hop);
  if (!options.milter.empty()) main << fmt::format(fmt::runtime(kMilterParameters), options.milter);
  for (const std::string& line : options.parameters)
    main << line << '\n';
  main.close();
  // Postfix waits until nobody can be writing at this file any more, which takes two seconds.
  const auto now = std::filesystem::file_time_type::clock::now();
  std::filesystem::last_write_time(top + "/etc/main.cf", now - std::chrono::seconds(10));
  std::ofstream(top + "/etc/master.cf") << services_.text();
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
  return wait_until([&] {
    return is_held(id) || queue_files(directory_ / "spool").find(id) == std::string::npos;
  });
}

bool Postfix::is_held(const std::string& id) const {
  return std::filesystem::exists(fmt::format("{}/spool/hold/{}", directory_.path().string(), id));
}

std::optional<std::string> Postfix::held_header(const std::string& id) const {
  if (!is_held(id)) return std::nullopt;
  const Finished file = run({"postcat", "-c", directory_ / "etc", "-q", "-h", id});
  std::string header;
  for (const char c : file.out) {
    if (c == '\n') header += '\r';
    header += c;
  }
  return header;
}

void Postfix::release(const std::string& id) const {
  if (const Finished done = run({"postsuper", "-c", directory_ / "etc", "-H", id});
      done.exit_status != 0) {
    throw std::runtime_error("postsuper -H: " + done.err);
  }
  retry();
}

void Postfix::retry() const {
  run({"postqueue", "-c", directory_ / "etc", "-f"});
}

std::string Postfix::queue() const {
  return run({"postqueue", "-c", directory_ / "etc", "-p"}).out;
}

void Postfix::discard_queue() const {
  if (queue_files(directory_ / "spool").empty()) return;
  run({"postsuper", "-c", directory_ / "etc", "-d", "ALL"});
}

}  // namespace optout::test

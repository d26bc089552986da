#include "doctor/daemon_checks.h"

#include "doctor/config_place.h"
#include "util/shell_word.h"
#include "util/whole_number.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

namespace optout::doctor {
namespace {

constexpr std::string_view kSocket = "socket";
constexpr std::string_view kStart = "systemctl restart optout-milter";
constexpr std::string_view kNobodyGetsThrough =
    "The MTA gets no answer, and turns all mail away for now (451) or, where it is told to accept, "
    "lets it go to people who have opted out.";

std::string daemon_name(const DaemonFacts& facts) {
  return facts.process ? facts.process->account.name : "_optout-milter";
}

// How the socket comes to be Postfix' to open, and nobody else's: by its group, which the daemon
// can only give to it as one of its own.
Fix by_its_group(const DaemonFacts& facts, const std::optional<Account>& caller) {
  if (!caller) return {in_config("socket: { mode: 0660 }"), std::string(kStart)};
  return {fmt::format("usermod -a -G {} {}", caller->name, daemon_name(facts)),
          in_config(fmt::format("socket: {{ mode: 0660, group: {} }}", caller->name)),
          std::string(kStart)};
}

// A directory of ours is made anew: one that gives its group to the socket needs no more.
Fix into_directory(const FileFacts& closed, const DaemonFacts& facts, const Config& config,
                   const Account& caller) {
  const std::string& path = facts.address.path;
  if (closed.path != path.substr(0, path.rfind('/')))
    return {fmt::format("let {} enter {}, or listen elsewhere", caller.name, closed.path)};
  Fix fix{fmt::format("install -d -o {} -g {} -m 2750 {}", daemon_name(facts), caller.name,
                      shell_word(closed.path))};
  if (!config.listen.group.empty()) fix.push_back(in_config("socket: { group: \"\" }"));
  fix.emplace_back(kStart);
  return fix;
}

Finding check_unix(const DaemonFacts& facts, const Config& config,
                   const std::optional<Account>& caller) {
  const std::string check(kSocket);
  const FileFacts& socket = facts.socket;
  const auto unseen =
      std::find_if(facts.way.begin(), facts.way.end(),
                   [](const FileFacts& directory) { return directory.error == EACCES; });
  if (unseen != facts.way.end() || socket.error == EACCES) {
    return cannot_tell(check, fmt::format("only root may look at {}", socket.path),
                       {"sudo optoutctl doctor"});
  }
  if (!socket.exists()) {
    return bad(check,
               fmt::format("{}: {}", socket.path, std::generic_category().message(socket.error)),
               std::string(kNobodyGetsThrough),
               {std::string(kStart), "journalctl -u optout-milter -n 20"});
  }
  if (!S_ISSOCK(socket.mode)) {
    return bad(check, fmt::format("{} is no socket", socket.path), std::string(kNobodyGetsThrough),
               {fmt::format("mv {0} {0}.old", shell_word(socket.path)), std::string(kStart)});
  }
  const std::string found = fmt::format("{} ({})", socket.path, permissions_text(socket));
  if (caller) {
    if (const FileFacts* closed = closed_to(*caller, facts.way)) {
      return bad(check,
                 fmt::format("{} may not enter {} ({})", caller->name, closed->path,
                             permissions_text(*closed)),
                 std::string(kNobodyGetsThrough), into_directory(*closed, facts, config, *caller));
    }
    if (!may(*caller, Permission::write, socket)) {
      return bad(check, fmt::format("{} may not connect to {}", caller->name, found),
                 std::string(kNobodyGetsThrough), by_its_group(facts, caller));
    }
  }
  constexpr mode_t kEverybody = 0002;
  const bool open_way = std::all_of(facts.way.begin(), facts.way.end(),
                                    [](const FileFacts& of) { return (of.mode & S_IXOTH) != 0; });
  if ((socket.mode & kEverybody) != 0 && open_way) {
    return doubtful(check, found + ": everybody on this host may connect",
                    "Whoever connects can find out who has opted out, and use up what the bulk "
                    "guard allows others.",
                    by_its_group(facts, caller));
  }
  if (caller) return good(check, fmt::format("{}: {} may connect", found, caller->name));
  return good(check, found);
}

}  // namespace

Findings check_socket(const DaemonFacts& facts, const Config& config,
                      const std::optional<Account>& caller) {
  if (facts.address.is_unix()) return {check_unix(facts, config, caller)};
  const std::string check(kSocket);
  const std::string where = facts.address.to_string();
  if (facts.address.is_loopback()) return {good(check, where + ", for this host alone")};
  return {doubtful(check, where + ": other hosts may connect",
                   "The milter protocol knows no passwords: whoever reaches the port can find out "
                   "who has opted out, and use up what the bulk guard allows others.",
                   {in_config(fmt::format("listen: inet:127.0.0.1:{}    # with a tunnel for "
                                          "other hosts",
                                          facts.address.port)),
                    std::string(kStart)})};
}

Findings check_answer(const DaemonFacts& facts) {
  const std::string check = "daemon";
  const std::string where = facts.address.to_string();
  const Knock& knock = facts.knock;
  const bool has_no_socket = facts.address.is_unix() && facts.socket.error != 0;
  if (has_no_socket && knock.answer == Knock::Answer::nobody) return {};
  switch (knock.answer) {
    case Knock::Answer::milter:
      return {good(check, fmt::format("answers at {} (milter protocol {})", where, knock.version))};
    case Knock::Answer::not_let_in:
      return {cannot_tell(check, fmt::format("only root may connect to {}", where),
                          {"sudo optoutctl doctor"})};
    case Knock::Answer::silence:
      return {bad(check,
                  fmt::format("{} takes connections, and does not answer: {}", where, knock.detail),
                  "Every mail waits until Postfix gives up, and then for another attempt.",
                  {"journalctl -u optout-milter -n 20", std::string(kStart)})};
    case Knock::Answer::something_else:
      return {bad(
          check, fmt::format("what answers at {} is no milter", where),
          std::string(kNobodyGetsThrough),
          {facts.address.is_unix() ? fmt::format("ss -xlp src {}", shell_word(facts.address.path))
                                   : fmt::format("ss -tlp sport = {}", facts.address.port),
           in_config("listen: …    # elsewhere, unless the other one can move")})};
    case Knock::Answer::nobody:
      break;
  }
  return {bad(check, fmt::format("nobody answers at {}: {}", where, knock.detail),
              std::string(kNobodyGetsThrough),
              {std::string(kStart), "journalctl -u optout-milter -n 20"})};
}

Findings check_open_files(const DaemonFacts& facts, const Postfix& postfix) {
  if (!facts.process || !facts.process->most_open_files) return {};
  // A connection for each smtpd, and one for each cleanup where sendmail(1)'s mail is asked about.
  constexpr unsigned kOfItsOwn = 64;
  const unsigned by_default =
      whole_number<unsigned>(postfix.value("default_process_limit")).value_or(100);
  unsigned long callers = 0;
  bool bounded = true;
  for (const Asker& asker : askers(postfix, facts.address)) {
    if (!asker.asks()) continue;
    const unsigned most = asker.service->most_processes.value_or(by_default);
    bounded = bounded && (most != 0 || !asker.is_listener());
    callers += most != 0 ? most : by_default;
  }
  const std::string check = "LimitNOFILE";
  const unsigned long limit = *facts.process->most_open_files;
  const std::string found = fmt::format("{}; Postfix may open {} connections", limit, callers);
  if (!bounded)
    return {good(check, fmt::format("{}; Postfix sets no limit to its listeners", limit))};
  if (limit >= callers + kOfItsOwn) return {good(check, found)};
  return {doubtful(check, found,
                   "On a busy day the daemon takes no more connections, and mail waits.",
                   {fmt::format("systemctl edit optout-milter    # [Service] LimitNOFILE={}",
                                std::max(65536UL, 2 * callers)),
                    std::string(kStart)})};
}

}  // namespace optout::doctor

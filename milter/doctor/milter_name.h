// A milter as an MTA's configuration names it: Postfix's
// `unix:optout-milter/milter.sock`, `inet:127.0.0.1:8895`, `{ inet:…, default_action=tempfail }`,
// Sendmail's `S=unix:/run/optout-milter/milter.sock`.
//
// Pure but for names_same_file(), which follows symbolic links.

#pragma once

#include "util/socket_address.h"

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace optout::doctor {

struct MilterName {
  std::string written;                          // with braces and settings, if it has any
  std::string text;                             // without: "unix:optout-milter/milter.sock"
  std::string path;                             // of a unix socket, as it is written
  SocketAddress tcp;                            // where path is empty
  std::map<std::string, std::string> settings;  // of it alone: default_action, protocol, …

  bool is_unix() const noexcept { return !path.empty(); }
  friend bool operator==(const MilterName&, const MilterName&) = default;
};

// The parts of a list of Postfix': separated by commas and white space, braces keep a part
// together (and stay around it).
std::vector<std::string> postfix_list(std::string_view text);

MilterName milter_name(std::string_view text);
std::vector<MilterName> postfix_milters(std::string_view text);

// How an MTA's process sees the file system.
struct Sight {
  std::string queue_directory;  // relative paths start here; and, in a chroot, absolute ones
  bool chrooted = false;
};

enum class Match {
  other,
  ours,
  hidden,  // the path is ours, but a chroot stands before it
};

// Whether a name means our socket, to a process that sees the file system so.
Match match(const MilterName& name, const SocketAddress& ours, const Sight& sight);

// How we are best called by a process of Postfix': relative to its queue directory where that is
// possible, as this is right within and without a chroot.
std::string name_for_postfix(const SocketAddress& ours, const std::string& queue_directory);

// Whether it is plain from its name that it signs (DKIM): "inet:127.0.0.1:8891",
// "unix:opendkim/opendkim.sock". Rspamd does, too.
bool is_signer(const MilterName& name);

}  // namespace optout::doctor

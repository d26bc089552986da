// Postfix as it is configured: what postconf(1) says, parsed, and asked by name.
//
// parse_postfix() is pure; ask_postfix() runs postconf, which reads files and changes nothing.

#pragma once

#include "doctor/milter_name.h"
#include "util/socket_address.h"

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace optout::doctor {

// A line of master.cf.
struct PostfixService {
  std::string name;  // "smtp", "10.0.0.25:smtp", "submission"
  std::string type;  // "inet", "unix", "pass"
  std::string program;
  bool chrooted = false;
  std::optional<unsigned> most_processes;        // where the line says so; 0: no limit
  std::map<std::string, std::string> overrides;  // -o, expanded

  // Whether people log in there to send: submission, submissions, smtps, 587, 465.
  bool is_submission() const;
};

struct Postfix {
  std::string directory;  // as given with --postfix-config; empty: Postfix' own
  std::map<std::string, std::string> parameters;  // of main.cf and built in, expanded
  std::vector<PostfixService> services;

  const std::string& value(const std::string& name) const;
  const std::string& value(const std::string& name, const PostfixService& service) const;
  bool is_yes(const std::string& name) const { return value(name) == "yes"; }
  Sight sight_of(const PostfixService& service) const;
  const PostfixService* service(std::string_view name, std::string_view type) const;

  // Commands that set a parameter, for all services or for one, and the reload that ends a fix.
  std::string set(const std::string& name, const std::string& value) const;
  std::string set(const PostfixService& service, const std::string& name,
                  const std::string& value) const;
  std::string reload() const;
};

// From the output of `postconf -x`, `postconf -M` and `postconf -Px`.
Postfix parse_postfix(std::string_view parameters, std::string_view services,
                      std::string_view overrides);

// `directory` empty: the one that Postfix itself reads. Or why nothing can be said.
std::variant<Postfix, std::string> ask_postfix(const std::string& directory);

// Somebody of Postfix' who may ask milters: a listener, or for mail of sendmail(1) cleanup(8).
struct Asker {
  const PostfixService* service = nullptr;
  std::string parameter;  // smtpd_milters, non_smtpd_milters
  std::vector<MilterName> milters;
  std::optional<std::size_t> ours;  // where among them
  bool hidden = false;              // we are named by a path that its chroot hides

  bool is_listener() const { return parameter == "smtpd_milters"; }
  bool asks() const noexcept { return ours.has_value(); }
  std::string name() const { return is_listener() ? service->name : "sendmail(1)"; }

  // A setting of the milters' in force for us: the one in braces, else that of the service.
  std::string setting(const Postfix& postfix, const std::string& of_one,
                      const std::string& of_all) const;
};

// All listeners (smtpd), then sendmail(1); pointers into `postfix`.
std::vector<Asker> askers(const Postfix& postfix, const SocketAddress& ours);

// What the map `table` ("hash:/etc/postfix/virtual") holds for `key`; nothing where it holds none.
using MapLookup =
    std::function<std::optional<std::string>(const std::string& table, const std::string& key)>;
MapLookup postmap(const Postfix& postfix);

}  // namespace optout::doctor

#include "doctor/config_checks.h"

#include "doctor/config_place.h"
#include "util/shell_word.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

namespace optout::doctor {
namespace {

constexpr std::string_view kReload = "systemctl reload optout-milter";

std::string check_command(const std::string& file) {
  return fmt::format("optout-milter -t -c {}", shell_word(file));
}

std::vector<std::string> names_of(const std::vector<const Stream*>& streams) {
  std::vector<std::string> names;
  names.reserve(streams.size());
  for (const Stream* stream : streams)
    names.push_back(stream->name);
  return names;
}

// Where monitoring is said: by streams of their own, each at its place, or once for all others.
Fix to_enforce(const Loaded& loaded) {
  std::string for_all = "default";  // where that is said
  Fix fix;
  for (const Effective& one : loaded.effective) {
    if (one.setting == "mode") {
      for_all = one.origin;
      if (loaded.config.mode == Mode::monitor) fix.push_back(in_config("mode: enforce"));
    } else if (one.setting == "streams[].mode" && one.value == "monitor" && one.origin != for_all) {
      fix.push_back(fmt::format("in {}:  mode: enforce", one.origin));
    }
  }
  fix.emplace_back(kReload);
  return fix;
}

Finding check_secret(const Secret& secret, const std::optional<Account>& daemon) {
  const FileFacts& file = secret.file;
  const std::string path = shell_word(file.path);
  const std::string group =
      daemon && !daemon->groups.empty() ? group_name(daemon->groups.front()) : "_optout-milter";
  if (file.error == EACCES) {
    return cannot_tell(secret.setting, fmt::format("only root may look at {}", file.path),
                       {"sudo optoutctl doctor"});
  }
  if (!file.exists()) {
    return bad(secret.setting,
               fmt::format("{}: {}", file.path, std::generic_category().message(file.error)),
               "The daemon does not start without it, or is not let in by Redis: mail waits.",
               {"put it where the configuration says it is, mode 0640, group " + group});
  }
  const std::string found = fmt::format("{} ({})", file.path, permissions_text(file));
  const Fix fix{fmt::format("chown root:{0} {1} && chmod 0640 {1}", group, path)};
  constexpr unsigned kOthers = 0007;
  constexpr unsigned kGroupMayChange = 0020;
  if ((file.permissions() & kOthers) != 0) {
    return bad(secret.setting, found + ": everybody on this host has it",
               "Whoever has the secret can opt people out and in, or find out who has opted out.",
               fix);
  }
  if (daemon) {
    const FileFacts* const closed = closed_to(*daemon, secret.way);
    if (closed != nullptr || !may(*daemon, Permission::read, file)) {
      const FileFacts& door = closed != nullptr ? *closed : file;
      return bad(
          secret.setting,
          fmt::format("{} may not {} {} ({})", daemon->name, closed != nullptr ? "enter" : "read",
                      door.path, permissions_text(door)),
          "The daemon does not start, or not read it at the next reload: mail waits.",
          closed != nullptr
              ? Fix{fmt::format("chgrp {0} {1} && chmod 0750 {1}", group, shell_word(door.path))}
              : fix);
    }
  }
  if ((file.permissions() & kGroupMayChange) != 0) {
    return doubtful(secret.setting, found + ": its group may change it",
                    "Somebody who breaks into the daemon can put a secret of his own there.", fix);
  }
  if (!daemon) {
    return cannot_tell(secret.setting,
                       found + ": the daemon does not run, and there is no account of its name",
                       {"systemctl start optout-milter, and then:  optoutctl doctor"});
  }
  return good(secret.setting, found);
}

}  // namespace

Findings check_loading(const Loaded& loaded, const std::string& file, bool as_root) {
  const std::string check = "configuration";
  const std::string denied = std::generic_category().message(EACCES);
  Findings findings;
  for (const Complaint& complaint : loaded.complaints) {
    if (!as_root && complaint.problem.find(denied) != std::string::npos) {
      findings.push_back(cannot_tell(check, complaint.to_string(), {"sudo optoutctl doctor"}));
    } else if (complaint.is_warning) {
      findings.push_back(doubtful(check, complaint.to_string(),
                                  "The daemon runs with it, but perhaps not as it was meant.",
                                  {check_command(file)}));
    } else {
      findings.push_back(bad(check, complaint.to_string(),
                             "The daemon does not start with it, and does not take it over at a "
                             "reload.",
                             {"correct it, then:  " + check_command(file)}));
    }
  }
  if (findings.empty()) findings.push_back(good(check, fmt::format("{} is fine", file)));
  return findings;
}

Findings check_mode(const Loaded& loaded) {
  const Config& config = loaded.config;
  std::vector<const Stream*> watching, refusing;
  for (const Stream& stream : config.streams)
    (stream.mode == Mode::monitor ? watching : refusing).push_back(&stream);
  Findings findings;
  const Fix fix = to_enforce(loaded);
  if (watching.empty()) {
    findings.push_back(good("mode", "enforce"));
  } else if (refusing.empty()) {
    findings.push_back(doubtful("mode", "monitor: nothing is refused yet",
                                "People who have opted out get mail; the log says what would be "
                                "done (grep would-).",
                                fix));
  } else {
    findings.push_back(
        doubtful("mode", fmt::format("stream {} only monitors", listed(names_of(watching))),
                 "Of that mail, people who have opted out get theirs; the log says what would be "
                 "done (grep would-).",
                 fix));
  }
  if (config.guard.mode == GuardMode::monitor && !config.guard.limits.empty()) {
    findings.push_back(doubtful("guard.mode", "monitor: no sender is stopped yet",
                                "A slip of a script, or a stolen password, reaches everybody.",
                                {in_config("guard: { mode: enforce }"), std::string(kReload)}));
  }
  return findings;
}

std::vector<Secret> secrets_of(const Config& config, const std::string& file) {
  std::vector<Secret> secrets;
  const auto add = [&](const std::string& setting, const std::string& path) {
    if (!path.empty())
      secrets.push_back({.setting = setting, .file = look_at(path), .way = way_to(path)});
  };
  add("redis.password_file", config.redis.password_file);
  add("addresses.digest_keys", config.addresses.digest_keys_file);
  add("unsubscribe.keys", config.unsubscribe.keys_file);
  if (!config.redis.password.empty()) add("password in redis.url", file);
  return secrets;
}

Findings check_secrets(const std::vector<Secret>& secrets, const std::optional<Account>& daemon) {
  Findings findings;
  for (const Secret& secret : secrets)
    findings.push_back(check_secret(secret, daemon));
  return findings;
}

Findings check_token_keys(const Config& config) {
  const TokenKeys& keys = config.unsubscribe.keys;
  if (keys.empty()) return {};
  constexpr unsigned kFewLeft = 3;
  const auto minting = minting_key(keys);
  const auto verifying = static_cast<std::size_t>(
      std::count_if(keys.begin(), keys.end(), [](const auto& key) { return !key.second.retired; }));
  const std::string found = fmt::format("key {} mints, {} {} verify", minting.value_or(0),
                                        verifying, verifying == 1 ? "key" : "keys");
  if (minting.value_or(0) + kFewLeft > kHighestTokenKey) {
    return {
        doubtful("token keys", fmt::format("{}; the highest number is {}", found, kHighestTokenKey),
                 "When the numbers are used up, a key that has become known cannot be replaced.",
                 {"make new keys only when one has become known:  optoutctl keys list"})};
  }
  return {good("token keys", found)};
}

}  // namespace optout::doctor

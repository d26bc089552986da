#include "doctor/reload_check.h"

#include "doctor/config_checks.h"
#include "doctor/config_place.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <system_error>

namespace optout::doctor {
namespace {

namespace fs = std::filesystem;

using Time = std::chrono::system_clock::time_point;

constexpr const char* kReload = "systemctl reload optout-milter";
constexpr const char* kRestart = "systemctl restart optout-milter";

bool is_newer(const FileFacts& file, const std::optional<Time>& since) {
  constexpr std::chrono::seconds kAsExactAsMetrics{1};
  return since && file.changed >= *since + kAsExactAsMetrics;
}

// Of a daemon that has read all there is.
Finding up_to_date(const std::string& check, const std::vector<FileFacts>& files,
                   const DaemonFacts& daemon, const std::optional<Time>& loaded) {
  const std::optional<Time> start = daemon.process ? daemon.process->since : std::nullopt;
  const bool started_with_them =
      start && std::none_of(files.begin(), files.end(), [&](const FileFacts& file) {
        return file.exists() && is_newer(file, start);
      });
  if (!loaded || started_with_them)
    return good(check, "no file has changed since the daemon was started");
  return good(check,
              fmt::format("no file has changed since the daemon read it; but {}, and at which step "
                          "recipients are refused, are as they were when it was started",
                          listed(all_that_need_restart())));
}

}  // namespace

std::vector<FileFacts> files_of_config(const Config& config, const std::string& file) {
  std::vector<FileFacts> files{look_at(file)};
  const fs::path directory = fs::path(file).parent_path() / "conf.d";
  files.push_back(look_at(directory));  // changes with each file that comes or goes
  std::error_code error;
  for (fs::directory_iterator entry(directory, error), end; !error && entry != end;
       entry.increment(error)) {
    if (entry->path().extension() == ".yaml") files.push_back(look_at(entry->path()));
  }
  for (const Secret& secret : secrets_of(config, file))
    files.push_back(secret.file);
  return files;
}

Findings check_reload(const std::vector<FileFacts>& files, const DaemonFacts& daemon,
                      const std::optional<SocketAddress>& metrics,
                      const std::optional<Time>& loaded) {
  if (daemon.knock.answer != Knock::Answer::milter) return {};
  const std::string check = "configuration in force";
  auto since = loaded;
  if (!since && daemon.process) since = daemon.process->since;
  if (!since)
    return {cannot_tell(check, "nobody says when the daemon read its configuration", {kReload})};

  std::vector<std::string> newer;
  for (const FileFacts& file : files) {
    if (file.error == ENOENT) continue;
    if (!file.exists()) {
      return {cannot_tell(check, fmt::format("only root may look at {}", file.path),
                          {"sudo optoutctl doctor"})};
    }
    const bool known = std::find(newer.begin(), newer.end(), file.path) != newer.end();
    if (is_newer(file, since) && !known) newer.push_back(file.path);
  }
  if (newer.empty()) return {up_to_date(check, files, daemon, loaded)};
  const std::string why = "What is said here is said of the files; the daemon may go by others.";
  if (loaded) {
    return {doubtful(check,
                     fmt::format("the daemon has not read {} since it changed", listed(newer)), why,
                     {kReload})};
  }
  Fix fix{fmt::format("{}    # if that was not done", kReload)};
  if (!metrics) fix.push_back(in_config("metrics: { listen: 127.0.0.1:9894 }"));
  fix.push_back(fmt::format("{}    # from then on its metrics tell of reloads", kRestart));
  const std::string silence =
      metrics ? fmt::format(": at {} are none of its metrics", metrics->to_string()) : "";
  return {doubtful(
      check,
      fmt::format("{} changed after the daemon was started; cannot tell whether it was reloaded{}",
                  listed(newer), silence),
      why + " Only its metrics tell of a reload: without them this is said until the next start.",
      fix)};
}

}  // namespace optout::doctor

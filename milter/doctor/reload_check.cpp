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

constexpr const char* kReload = "systemctl reload optout-milter";

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
                      const std::optional<std::chrono::system_clock::time_point>& loaded) {
  if (daemon.knock.answer != Knock::Answer::milter) return {};
  const std::string check = "configuration in force";
  auto since = loaded;
  if (!since && daemon.process) since = daemon.process->since;
  if (!since)
    return {cannot_tell(check, "nobody says when the daemon read its configuration", {kReload})};

  constexpr std::chrono::seconds kAsExactAsMetrics{1};
  std::vector<std::string> newer;
  for (const FileFacts& file : files) {
    if (file.error == ENOENT) continue;
    if (!file.exists()) {
      return {cannot_tell(check, fmt::format("only root may look at {}", file.path),
                          {"sudo optoutctl doctor"})};
    }
    const bool known = std::find(newer.begin(), newer.end(), file.path) != newer.end();
    if (file.changed >= *since + kAsExactAsMetrics && !known) newer.push_back(file.path);
  }
  if (newer.empty()) return {good(check, "no file has changed since the daemon read it")};
  const char* const why = "What is said here is said of the files; the daemon may go by others.";
  if (loaded) {
    return {doubtful(check,
                     fmt::format("the daemon has not read {} since it changed", listed(newer)), why,
                     {kReload})};
  }
  return {doubtful(
      check,
      fmt::format("{} changed after the daemon was started; cannot tell whether it was reloaded",
                  listed(newer)),
      why, {kReload, in_config("metrics: { listen: 127.0.0.1:9894 }    # then it can be told")})};
}

}  // namespace optout::doctor

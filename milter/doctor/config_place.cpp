#include "doctor/config_place.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

namespace optout::doctor {
namespace {

constexpr std::string_view kSomewhere = "in optout-milter.yaml:  ";
constexpr const char* kOwnFile = "10-local.yaml";

// `setting`, or one inside it.
bool is_part_of(std::string_view part, std::string_view setting) {
  return part.starts_with(setting) &&
         (part.size() == setting.size() || part[setting.size()] == '.');
}

std::string file_for(std::string_view setting, const Loaded& loaded, const std::string& file,
                     bool has_conf_d) {
  if (!has_conf_d) return file;
  const std::string directory = std::filesystem::path(file).parent_path() / "conf.d" / "";
  std::string last = directory + kOwnFile;
  for (const Effective& one : loaded.effective) {
    if (!is_part_of(one.setting, setting) || !one.origin.starts_with(directory)) continue;
    last = std::max(last, one.origin.substr(0, one.origin.rfind(':')));
  }
  return last;
}

}  // namespace

std::string in_config(std::string_view line) {
  return fmt::format("{}{}", kSomewhere, line);
}

Finding placed(Finding finding, const Loaded& loaded, const std::string& file, bool has_conf_d) {
  for (std::string& line : finding.fix) {
    if (!line.starts_with(kSomewhere)) continue;
    const std::string setting = line.substr(kSomewhere.size());
    line = fmt::format(
        "in {}:  {}",
        file_for(std::string_view(setting).substr(0, setting.find(':')), loaded, file, has_conf_d),
        setting);
  }
  return finding;
}

}  // namespace optout::doctor

#include "config/reader.h"

#include "config/read_file.h"
#include "config/settings.h"
#include "config/yaml_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <optional>
#include <system_error>
#include <utility>

namespace optout {
namespace {

namespace fs = std::filesystem;

// Files laid over each other, in the order of reading.
class Layers {
public:
  explicit Layers(Report& report) : report_(report) {}

  void add_file(const std::string& path) {
    auto read = read_file(path, kMostYamlOctets);
    if (auto* problem = std::get_if<std::string>(&read)) {
      complain_of(path, std::move(*problem));
    } else {
      add_text(std::get<FileText>(read).text, path);
    }
  }

  void add_text(std::string_view text, const std::string& name) {
    auto value = parse_yaml(text, report_.add_file(name), report_);
    if (value) {
      merge(merged_, *std::move(value));
    } else {
      complete_ = false;
    }
  }

  void add_directory(const fs::path& directory) {
    std::error_code error;
    std::vector<std::string> names;
    for (fs::directory_iterator entry(directory, error), end; !error && entry != end;
         entry.increment(error)) {
      const std::string name = entry->path().filename().string();
      if (name.ends_with(".yaml") && !name.starts_with('.')) names.push_back(name);
    }
    if (error == std::errc::no_such_file_or_directory) return;
    if (error) complain_of(directory.string(), "cannot be read: " + error.message());
    std::sort(names.begin(), names.end());
    for (const std::string& name : names)
      add_file((directory / name).string());
  }

  const Value& merged() const noexcept { return merged_; }
  bool complete() const noexcept { return complete_; }  // every file could be read

private:
  void complain_of(const std::string& path, std::string problem) {
    const int file = report_.add_file(path);
    report_.error({.file = file, .line = 0, .column = 0}, {}, std::move(problem));
    complete_ = false;
  }

  Report& report_;
  Value merged_;
  bool complete_ = true;
};

void read_log(Section& root, LogOptions& options) {
  Section log = root.section("log");
  log.read("destination", options.destination,
           word_type<LogDestination>(
               {{"syslog", LogDestination::syslog}, {"stderr", LogDestination::stderr_}}));
  log.read("addresses", options.addresses,
           word_type<LogAddresses>({{"full", LogAddresses::full},
                                    {"digest", LogAddresses::digest},
                                    {"none", LogAddresses::none}}));
}

Config read_settings(const Value& value, Findings& findings) {
  Config config;
  Section root(&value, {}, findings);
  read_listen(root, config.listen);
  StreamDefaults defaults;
  if (root.read("mode", config.mode, run_mode_type())) {
    defaults.mode = {config.mode, root.origin("mode")};
  }
  defaults.on_outage = read_redis(root, config.redis, config.prefix);
  read_addresses(root, config.addresses, findings);
  read_our_domains(root, config.our_domains);
  const std::size_t errors = findings.report.errors();
  read_unsubscribe(root, config.unsubscribe, findings);
  const bool understood = findings.report.errors() == errors;
  read_guard(root, config.guard, findings);
  read_streams(root, defaults, understood ? &config.unsubscribe : nullptr, config.guard.mode,
               config.streams, findings);
  read_metrics(root, config.metrics);
  read_log(root, config.log);
  return config;
}

Loaded interpret(const Layers& layers, Findings findings) {
  Loaded loaded;
  // Half a configuration would only be complained of for what stands in the other half.
  if (layers.complete()) loaded.config = read_settings(layers.merged(), findings);
  loaded.complaints = findings.report.sorted();
  loaded.effective = std::move(findings.effective);
  return loaded;
}

std::string counted(std::ptrdiff_t count, std::string_view what) {
  return fmt::format("{} {}{}", count, what, count == 1 ? "" : "s");
}

}  // namespace

bool Loaded::usable() const noexcept {
  return std::all_of(complaints.begin(), complaints.end(),
                     [](const Complaint& complaint) { return complaint.is_warning; });
}

std::string Loaded::summary() const {
  const auto warnings =
      std::count_if(complaints.begin(), complaints.end(),
                    [](const Complaint& complaint) { return complaint.is_warning; });
  const auto errors = static_cast<std::ptrdiff_t>(complaints.size()) - warnings;
  std::string out;
  if (errors > 0) out = counted(errors, "error");
  if (warnings > 0) out += (out.empty() ? "" : ", ") + counted(warnings, "warning");
  return out;
}

Loaded load_config(const std::string& path) {
  Findings findings;
  Layers layers(findings.report);
  layers.add_file(path);
  layers.add_directory(fs::path(path).parent_path() / "conf.d");
  return interpret(layers, std::move(findings));
}

Loaded parse_config(std::string_view text, const std::string& file_name) {
  Findings findings;
  Layers layers(findings.report);
  layers.add_text(text, file_name);
  return interpret(layers, std::move(findings));
}

}  // namespace optout

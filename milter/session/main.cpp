// optout-milter(8): the command line.

#include "config/reader.h"
#include "log/log.h"
#include "session/daemon.h"

#include <fmt/format.h>
#include <getopt.h>
#include <sysexits.h>

#include <cstdio>
#include <exception>
#include <filesystem>
#include <optional>
#include <string>

namespace {

constexpr const char* kUsage =
    "usage: optout-milter [-fvV] [-c FILE] [-p FILE]\n"
    "       optout-milter -t | -T [-c FILE]\n"
    "\n"
    "  -c FILE  configuration (default: " OPTOUT_SYSCONFDIR
    "/optout-milter/optout-milter.yaml)\n"
    "  -t       check the configuration and exit: 0 if it can be used, 78 if not\n"
    "  -T       the same, and print the effective configuration and where each value came from\n"
    "  -f       stay in the foreground\n"
    "  -p FILE  write the process id there\n"
    "  -v       log more\n"
    "  -V       print the version and exit\n"
    "  -h       print this and exit\n";

struct CommandLine {
  optout::DaemonOptions daemon{.config_file = std::string(optout::kDefaultConfigFile),
                               .pid_file = {}};
  bool check = false;
  bool print = false;
  bool verbose = false;
};

int misused(const std::string& problem) {
  fmt::print(stderr, "optout-milter: {}; see optout-milter -h\n", problem);
  return EX_USAGE;
}

// What to do, or the status to exit with at once.
std::optional<int> parse(int argc, char** argv, CommandLine& line) {
  opterr = 0;
  for (int option = 0; (option = ::getopt(argc, argv, ":c:tTfp:vVh")) != -1;) {
    switch (option) {
      case 'c':
        line.daemon.config_file = optarg;
        break;
      case 't':
        line.check = true;
        break;
      case 'T':
        line.check = line.print = true;
        break;
      case 'f':
        line.daemon.foreground = true;
        break;
      case 'p':
        line.daemon.pid_file = optarg;
        break;
      case 'v':
        line.verbose = true;
        break;
      case 'V':
        fmt::print("optout-milter {}\n", OPTOUT_VERSION);
        return EX_OK;
      case 'h':
        fmt::print("{}", kUsage);
        return EX_OK;
      case ':':
        return misused(fmt::format("-{} needs an argument", static_cast<char>(optopt)));
      default:
        return misused(fmt::format("there is no option -{}", static_cast<char>(optopt)));
    }
  }
  if (optind < argc) return misused(fmt::format("what is \"{}\"?", argv[optind]));
  return std::nullopt;
}

int run(const CommandLine& line) {
  optout::Loaded loaded = optout::load_config(line.daemon.config_file);
  for (const auto& complaint : loaded.complaints)
    fmt::print(stderr, "{}\n", complaint.to_string());
  if (!loaded.usable()) {
    fmt::print(stderr, "{}{}\n", loaded.summary(), line.check ? "" : "; not started");
    return EX_CONFIG;
  }
  if (line.print) fmt::print("{}", optout::describe_effective(loaded));
  if (line.check) {
    if (!line.print) fmt::print("{}: ready to use\n", line.daemon.config_file);
    return EX_OK;
  }
  if (!line.daemon.foreground && loaded.config.log.destination == optout::LogDestination::stderr_) {
    fmt::print(stderr, "{}: log.destination: stderr needs -f, as a daemon has none; not started\n",
               line.daemon.config_file);
    return EX_CONFIG;
  }
  // Before libmilter is touched: it logs under the name that is opened here.
  optout::log::open(loaded.config.log, line.verbose);
  optout::DaemonOptions options = line.daemon;
  options.config_file =
      std::filesystem::absolute(options.config_file);  // reloads come when we are in "/"
  if (!options.pid_file.empty()) options.pid_file = std::filesystem::absolute(options.pid_file);
  optout::Daemon daemon(std::move(loaded.config), std::move(options));
  daemon.run();
}

}  // namespace

int main(int argc, char** argv) {
  try {
    CommandLine line;
    if (const auto status = parse(argc, argv, line)) return *status;
    return run(line);
  } catch (const std::exception& e) {
    std::fprintf(stderr, "optout-milter: %s\n", e.what());
    return EX_UNAVAILABLE;
  }
}

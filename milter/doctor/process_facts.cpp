#include "doctor/process_facts.h"

#include "util/whole_number.h"

#include <fmt/format.h>
#include <unistd.h>

#include <ctime>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <system_error>

namespace optout::doctor {
namespace {

namespace fs = std::filesystem;
using SystemClock = std::chrono::system_clock;

std::string text_of(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

std::optional<SystemClock::time_point> time_of_start(const std::string& proc_stat) {
  const auto ticks = start_in(proc_stat);
  const long ticks_a_second = ::sysconf(_SC_CLK_TCK);
  timespec since_boot{};
  if (!ticks || ticks_a_second <= 0 || ::clock_gettime(CLOCK_BOOTTIME, &since_boot) != 0)
    return std::nullopt;
  using Seconds = std::chrono::duration<double>;
  const Seconds up{static_cast<double>(since_boot.tv_sec) +
                   static_cast<double>(since_boot.tv_nsec) / 1e9};
  const Seconds began{static_cast<double>(*ticks) / static_cast<double>(ticks_a_second)};
  return SystemClock::now() - std::chrono::duration_cast<SystemClock::duration>(up - began);
}

}  // namespace

std::optional<Process> process_of(pid_t pid) {
  const std::string directory = fmt::format("/proc/{}/", pid);
  auto account = account_in(text_of(directory + "status"));
  if (!account) return std::nullopt;
  Process process{.program = text_of(directory + "comm"),
                  .account = *std::move(account),
                  .most_open_files = open_files_of(text_of(directory + "limits")),
                  .since = time_of_start(text_of(directory + "stat"))};
  process.program.erase(std::min(process.program.find('\n'), process.program.size()));
  return process;
}

std::optional<Process> only_process_called(std::string_view program) {
  std::optional<Process> found;
  std::error_code error;
  for (fs::directory_iterator entry("/proc", error), end; !error && entry != end;
       entry.increment(error)) {
    const std::string name = entry->path().filename().string();
    const auto pid = whole_number<pid_t>(name);
    if (!pid) continue;
    if (text_of(entry->path().string() + "/comm") != std::string(program) + '\n') continue;
    if (found) return std::nullopt;
    found = process_of(*pid);
  }
  return found;
}

std::optional<Account> account_in(const std::string& proc_status) {
  Account account;
  bool has_uid = false, has_gid = false;
  std::istringstream lines(proc_status);
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    std::string name;
    unsigned long number = 0;
    words >> name;
    if (name == "Uid:" || name == "Gid:") {
      words >> number >> number;  // real, effective
      if (!words) return std::nullopt;
      if (name == "Uid:") {
        account.uid = static_cast<uid_t>(number);
        has_uid = true;
      } else {
        account.groups.insert(account.groups.begin(), static_cast<gid_t>(number));
        has_gid = true;
      }
    } else if (name == "Groups:") {
      while (words >> number)
        account.groups.push_back(static_cast<gid_t>(number));
    }
  }
  if (!has_uid || !has_gid) return std::nullopt;
  const auto known = account_of(account.uid);
  account.name = known ? known->name : std::to_string(account.uid);
  return account;
}

std::optional<unsigned long> open_files_of(const std::string& proc_limits) {
  constexpr std::string_view kName = "Max open files";
  std::istringstream lines(proc_limits);
  for (std::string line; std::getline(lines, line);) {
    if (!line.starts_with(kName)) continue;
    std::istringstream words(line.substr(kName.size()));
    unsigned long soft = 0;
    if (words >> soft) return soft;
  }
  return std::nullopt;
}

std::optional<unsigned long long> start_in(const std::string& proc_stat) {
  constexpr int kBefore = 19;  // fields between the name in parentheses and the time
  const auto name_ends = proc_stat.rfind(')');
  if (name_ends == std::string::npos) return std::nullopt;
  std::istringstream words(proc_stat.substr(name_ends + 1));
  std::string skipped;
  for (int i = 0; i < kBefore; ++i)
    words >> skipped;
  unsigned long long ticks = 0;
  if (words >> ticks) return ticks;
  return std::nullopt;
}

}  // namespace optout::doctor

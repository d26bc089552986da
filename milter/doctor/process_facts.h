// A running process, as /proc shows it: whose it is, since when it runs, how much it may open.
//
// process_of() and only_process_called() read /proc; the rest is arithmetic on what stands there.
//
// Threads: one, as the user database of the C library is asked.

#pragma once

#include "doctor/account.h"

#include <sys/types.h>

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace optout::doctor {

struct Process {
  std::string program;  // "optout-milter"; "systemd" where that holds the socket
  Account account;      // with the groups that it has, whatever the user database says by now
  std::optional<unsigned long> most_open_files;                // nothing: cannot be read
  std::optional<std::chrono::system_clock::time_point> since;  // nothing: cannot be read
};

std::optional<Process> process_of(pid_t pid);

// Nothing where several are called so, as nobody knows which is meant.
std::optional<Process> only_process_called(std::string_view program);

// Of /proc/PID/status: the account it acts as.
std::optional<Account> account_in(const std::string& proc_status);

// Of /proc/PID/limits.
// "Max open files            1024                 524288               files": the first number.
std::optional<unsigned long> open_files_of(const std::string& proc_limits);

// Of /proc/PID/stat: when it was started, in ticks since the system was. The program's name in it
// may hold anything.
std::optional<unsigned long long> start_in(const std::string& proc_stat);

}  // namespace optout::doctor

// Another program's answer, within a time: postconf, postmap, curl.
//
// No shell is involved, so nothing in an argument can become a command. The program speaks English,
// reads nothing, and is killed with its children when the time is over or when it says too much.
//
// Threads: any; it starts none.

#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace optout::doctor {

struct ProgramOutput {
  int exit_status = -1;  // as a shell has it: the code, or 128 + the number of a signal
  std::string out;
  std::string err;

  std::string first_line_of_err() const { return err.substr(0, err.find('\n')); }
};

inline constexpr std::chrono::seconds kProgramPatience{10};

// What it said, or why there is no answer: "postconf is not installed here".
std::variant<ProgramOutput, std::string> run_program(
    const std::vector<std::string>& argv, std::chrono::milliseconds at_most = kProgramPatience);

// Where a program is: in PATH, or where programs of root's are, as others lack these in PATH.
std::optional<std::string> find_program(std::string_view name);

}  // namespace optout::doctor

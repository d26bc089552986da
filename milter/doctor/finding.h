// What a check has to say: what was looked at, what was found, and if that is not good, why it
// matters and what to type.
//
// There are three answers, as everywhere here. A check that cannot tell says so, and that is
// doubtful: never good. Texts are for people; those from outside are escaped where they are
// printed.
//
// Plain data; any thread.

#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace optout::doctor {

enum class State { good, doubtful, bad };

// As it stands in output for programs: "ok", "warning", "error".
std::string_view to_string(State state) noexcept;

struct Finding {
  std::string check;  // what was looked at, such as "milter_default_action"
  State state = State::good;
  std::string found;               // "tempfail", "accept on submission"
  std::string why{};               // one sentence: who gets mail they should not, or what is lost
  std::vector<std::string> fix{};  // commands, or lines of configuration, one each

  friend bool operator==(const Finding&, const Finding&) = default;
};

using Findings = std::vector<Finding>;
using Fix = std::vector<std::string>;

Finding good(std::string check, std::string found);
Finding doubtful(std::string check, std::string found, std::string why, Fix fix = {});
Finding bad(std::string check, std::string found, std::string why, Fix fix = {});

// "cannot tell: " and why; `fix` says how it could be told.
Finding cannot_tell(std::string check, const std::string& because, Fix fix = {});

// `more` behind `findings`.
void append(Findings& findings, Findings more);

// "smtp", "smtp and submission", "smtp, submission and submissions".
std::string listed(const std::vector<std::string>& names);

}  // namespace optout::doctor

// What tests ask of findings: which states a check has, and whether it says something.

#pragma once

#include "doctor/finding.h"

#include <algorithm>
#include <ostream>
#include <string>
#include <string_view>

namespace optout::doctor {

inline std::ostream& operator<<(std::ostream& out, State state) {
  return out << to_string(state);
}

inline std::ostream& operator<<(std::ostream& out, const Finding& finding) {
  out << finding.state << ' ' << finding.check << ": " << finding.found << " | " << finding.why;
  for (const std::string& line : finding.fix)
    out << " | " << line;
  return out;
}

}  // namespace optout::doctor

namespace optout::test {

// The worst state of all findings of this check, as a word; "" where it said nothing.
inline std::string_view state_of(const doctor::Findings& findings, std::string_view check) {
  std::string_view worst;
  int rank = -1;
  for (const doctor::Finding& finding : findings) {
    if (finding.check.find(check) == std::string::npos) continue;
    if (static_cast<int>(finding.state) > rank) worst = to_string(finding.state);
    rank = std::max(rank, static_cast<int>(finding.state));
  }
  return worst;
}

// Whether `words` stand in what was found, in the reason, or in the fix of any of them.
inline bool say(const doctor::Findings& findings, std::string_view words) {
  const auto holds = [&](const std::string& text) { return text.find(words) != std::string::npos; };
  return std::any_of(findings.begin(), findings.end(), [&](const doctor::Finding& finding) {
    return holds(finding.found) || holds(finding.why) ||
           std::any_of(finding.fix.begin(), finding.fix.end(), holds);
  });
}

// Whoever says that something is not good says why it matters.
inline bool all_give_reasons(const doctor::Findings& findings) {
  return std::all_of(findings.begin(), findings.end(), [](const doctor::Finding& finding) {
    return finding.state == doctor::State::good || !finding.why.empty();
  });
}

}  // namespace optout::test

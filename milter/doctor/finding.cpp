#include "doctor/finding.h"

#include <iterator>
#include <utility>

namespace optout::doctor {

std::string_view to_string(State state) noexcept {
  switch (state) {
    case State::good:
      return "ok";
    case State::doubtful:
      return "warning";
    case State::bad:
      break;
  }
  return "error";
}

Finding good(std::string check, std::string found) {
  return {.check = std::move(check), .state = State::good, .found = std::move(found)};
}

Finding doubtful(std::string check, std::string found, std::string why, Fix fix) {
  return {.check = std::move(check),
          .state = State::doubtful,
          .found = std::move(found),
          .why = std::move(why),
          .fix = std::move(fix)};
}

Finding bad(std::string check, std::string found, std::string why, Fix fix) {
  return {.check = std::move(check),
          .state = State::bad,
          .found = std::move(found),
          .why = std::move(why),
          .fix = std::move(fix)};
}

Finding cannot_tell(std::string check, const std::string& because, Fix fix) {
  return {.check = std::move(check),
          .state = State::doubtful,
          .found = "cannot tell: " + because,
          .why = "What was not looked at may be wrong.",
          .fix = std::move(fix)};
}

void append(Findings& findings, Findings more) {
  findings.insert(findings.end(), std::make_move_iterator(more.begin()),
                  std::make_move_iterator(more.end()));
}

std::string listed(const std::vector<std::string>& names) {
  std::string text;
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (i != 0) text += i + 1 == names.size() ? " and " : ", ";
    text += names[i];
  }
  return text;
}

}  // namespace optout::doctor

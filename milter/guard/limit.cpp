#include "guard/limit.h"

#include <fmt/format.h>

#include <array>
#include <utility>

namespace optout {

std::string_view to_string(Step step) noexcept {
  switch (step) {
    case Step::warn:
      return "warn";
    case Step::hold:
      return "hold";
    case Step::defer:
      return "defer";
    case Step::reject:
      return "reject";
  }
  return "warn";
}

std::string_view to_string(LimitKind kind) noexcept {
  switch (kind) {
    case LimitKind::recipients:
      return "recipients";
    case LimitKind::recipients_per_message:
      return "recipients_per_message";
    case LimitKind::same_message:
      return "same_message";
    case LimitKind::opted_out:
      return "opted_out";
  }
  return "recipients";
}

std::string window_text(std::chrono::seconds window) {
  constexpr std::array<std::pair<std::int64_t, char>, 3> kUnits{
      {{86'400, 'd'}, {3'600, 'h'}, {60, 'm'}}};
  for (const auto& [seconds, letter] : kUnits) {
    if (window.count() >= seconds && window.count() % seconds == 0)
      return fmt::format("{}{}", window.count() / seconds, letter);
  }
  return fmt::format("{}s", window.count());
}

std::string Limit::name() const {
  std::string name(to_string(kind));
  if (kind == LimitKind::recipients_per_message) return name;
  if (without_list_unsubscribe) name += "-without-list-unsubscribe";
  return name + "/" + window_text(window);
}

std::string amount_text(const Limit& limit) {
  switch (limit.kind) {
    case LimitKind::recipients_per_message:
      return fmt::format("{}", limit.most);
    case LimitKind::opted_out:
      return fmt::format("{}% of at least {} per {}", limit.percent, limit.most,
                         window_text(limit.window));
    case LimitKind::recipients:
    case LimitKind::same_message:
      break;
  }
  return fmt::format("{} per {}", limit.most, window_text(limit.window));
}

}  // namespace optout

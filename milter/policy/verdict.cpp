#include "policy/verdict.h"

#include <fmt/format.h>

namespace optout {

std::string_view to_string(Action action) noexcept {
  switch (action) {
    case Action::accept:
      return "accept";
    case Action::reject:
      return "reject";
    case Action::strip:
      return "strip";
    case Action::defer:
      return "defer";
    case Action::hold:
      return "hold";
    case Action::tag:
      return "accept-and-tag";
  }
  return "defer";
}

std::string_view to_string(Exemption exemption) noexcept {
  switch (exemption) {
    case Exemption::none:
      return "none";
    case Exemption::postmaster:
      return "postmaster";
    case Exemption::automatic_report:
      return "automatic_report";
  }
  return "none";
}

std::string to_string(const Verdict& verdict) {
  const std::string_view action = to_string(verdict.action);
  if (verdict.listing) return fmt::format("{} (set {})", action, verdict.listing->set.text());
  if (verdict.barred) return fmt::format("{} (recipients_only)", action);
  if (verdict.overrun) return fmt::format("{} (guard {})", action, verdict.overrun->limit);
  if (verdict.no_way_out) return fmt::format("{} (list_unsubscribe)", action);
  if (verdict.no_address) return fmt::format("{} (invalid_address)", action);
  if (verdict.fault) return fmt::format("{} (fault {})", action, to_string(verdict.fault->fault));
  if (verdict.exemption != Exemption::none) {
    return fmt::format("{} (exempt {})", action, to_string(verdict.exemption));
  }
  return std::string(action);
}

}  // namespace optout

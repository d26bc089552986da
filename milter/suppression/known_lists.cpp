#include "suppression/known_lists.h"

#include "log/log.h"

#include <fmt/format.h>

#include <mutex>

namespace optout {
namespace {

KnownLists::Standing standing_of(const Result<Noted>& noted) {
  using Standing = KnownLists::Standing;
  if (!noted) return Standing::cannot_tell;
  switch (*noted) {
    case Noted::added:
    case Noted::already_there:
      return Standing::noted;
    case Noted::full:
      return Standing::full;
    case Noted::taken:
      return Standing::taken;
  }
  return Standing::cannot_tell;
}

std::string why_not(const Result<Noted>& noted) {
  if (!noted) {
    return fmt::format("fault={}, reason=\"{}\"", to_string(noted.error().fault),
                       log::discreet(noted.error().detail));
  }
  return *noted == Noted::full ? "too many lists are known" : "its reference means another set";
}

void warn(std::string_view tenant, std::string_view id, const Result<Noted>& noted) {
  log::warning(fmt::format("cannot note list {}{}{}, so tokens cannot refer to it: {}", tenant,
                           tenant.empty() ? "" : "/", log::discreet(id), why_not(noted)));
}

}  // namespace

KnownLists::KnownLists(std::shared_ptr<Registry> registry, Now now)
    : registry_(std::move(registry)), now_(std::move(now)) {}

// Whatever the list is called now.
bool KnownLists::still_holds(const Entry& entry) const {
  if (entry.standing == Standing::noted) return entry.named;
  const auto age = now_() - entry.asked;
  return age >= std::chrono::seconds(0) && age < kRetry;  // clocks are set back at times
}

KnownLists::Standing KnownLists::note(std::string_view tenant, std::string_view id,
                                      const Name& name, std::uint32_t reference) {
  bool was_noted = false;
  {
    const std::shared_lock lock(mutex_);
    if (const auto found = entries_.find(View(tenant, id)); found != entries_.end()) {
      const Entry& entry = found->second;
      if (still_holds(entry)) return entry.standing;
      was_noted = entry.standing == Standing::noted;
    }
  }

  std::string called = name();
  if (was_noted && called.empty()) return Standing::noted;
  const bool named = !called.empty();
  const Instant now = now_();
  const auto noted = registry_->note({.id = std::string(id),
                                      .tenant = std::string(tenant),
                                      .name = std::move(called),
                                      .reference = reference,
                                      .first_seen = now});
  // Noted once, noted for good: that its name could not be added takes nothing from a list.
  const Standing standing = was_noted ? Standing::noted : standing_of(noted);
  if (standing != Standing::noted) warn(tenant, id, noted);

  const std::unique_lock lock(mutex_);
  // Known lists cost a round trip to learn again: cheaper than keeping track of their use.
  if (entries_.size() >= kRemembered) entries_.clear();
  entries_.insert_or_assign(Key(tenant, id),
                            Entry{.standing = standing, .named = named, .asked = now});
  return standing;
}

}  // namespace optout

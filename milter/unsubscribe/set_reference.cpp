#include "unsubscribe/set_reference.h"

#include "unsubscribe/keyed_hash.h"

#include <fmt/format.h>

namespace optout {

std::uint32_t set_reference(const SetName& set) {
  std::string named(set.tenant());
  named += '\0';
  named += set.text();
  const auto hash = sha256(named);
  return std::uint32_t{hash[0]} << 24 | std::uint32_t{hash[1]} << 16 | std::uint32_t{hash[2]} << 8 |
         std::uint32_t{hash[3]};
}

std::optional<std::uint32_t> scope_of_token(const SetName& set) {
  if (set == SetName::global()) return std::nullopt;
  return set_reference(set);
}

std::string set_reference_text(std::uint32_t reference) {
  return fmt::format("{:08x}", reference);
}

}  // namespace optout

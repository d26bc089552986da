// without_plus_tag: the one thing of a local part that administrators may ask us to interpret.

#include "address/local_part.h"
#include "address/lookup_key.h"

namespace optout {

std::string without_plus_tag(std::string_view key) {
  const std::size_t at = key.rfind('@');
  if (at == std::string_view::npos) return {};
  const std::string_view local = key.substr(0, at);
  // Quoted, or a raw key that nobody understood: what a '+' in there would mean is anyone's guess.
  if (!is_dot_atom(local)) return {};
  const std::size_t plus =
      local.find('+', 1);  // a local part that begins with '+' would have no base
  if (plus == std::string_view::npos) return {};
  std::string base(local.substr(0, plus));
  return base += key.substr(at);
}

}  // namespace optout

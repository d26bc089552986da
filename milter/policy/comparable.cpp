#include "policy/comparable.h"

#include "address/ascii.h"
#include "util/structured_field.h"

namespace optout {

std::string comparable(std::string_view value) {
  std::string text;
  bool folded = false;
  for (const char c : without_space_around(value)) {
    if (c == '\r' || c == '\n') {
      if (!folded) text += ' ';
      folded = true;
    } else if (!folded || !is_folding_space(c)) {
      text += ascii::lower(c);
      folded = false;
    }
  }
  return text;
}

}  // namespace optout

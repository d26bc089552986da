// address_rules_version: ours, then that of the Unicode data which folding and UTS 46 go by.
//
// Unicode 15.1 is why the second half is there: "ẞ.example" was "ss.example" before, and has been
// "xn--zca.example" since (AD-17).

#include "address/lookup_key.h"

#include <unicode/uchar.h>

#include <string>

namespace optout {

std::string address_rules_version() {
  constexpr int kOurRules = 2;
  UVersionInfo unicode{};
  u_getUnicodeVersion(unicode);
  return std::to_string(kOurRules) + "/unicode-" + std::to_string(unicode[0]) + "." +
         std::to_string(unicode[1]);
}

}  // namespace optout

// The value of a header field as conditions of streams are compared with it.

#pragma once

#include <string>
#include <string_view>

namespace optout {

// Each fold a space (RFC 5322 2.2.3), ends trimmed, letters lowered. `value` as libmilter gives it.
std::string comparable(std::string_view value);

}  // namespace optout

// Writing List-Unsubscribe: what may stand there, and nothing else. libmilter checks nothing, so
// this is the last door through which a forged header field could come (AT-10).
//
// Pure functions; any thread.

#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace optout {

// Inside the brackets no line can be folded (LH-07), so a URI must fit into one line, even into the
// first: "List-Unsubscribe: <", the URI, ">,", 998 octets in all (LH-10).
inline constexpr std::size_t kLongestLine = 998;
inline constexpr std::size_t kLongestListUri =
    kLongestLine - std::string_view("List-Unsubscribe: <>,").size();

// Why `uri` must not be written, as "is neither https: nor mailto:"; empty if nothing is wrong.
// Stricter than RFC 3986: commas, parentheses and quotes are URI characters that readers of this
// field trip over, and can be percent-encoded.
std::string_view unfit_for_list_unsubscribe(std::string_view uri);

// A value as libmilter wants it: "<https://…>,\n\t<mailto:…>", folded between the items only and
// without "\r" (LH-11). Nothing where there is no URI, or one that is unfit.
std::optional<std::string> list_unsubscribe_value(std::span<const std::string> uris);

}  // namespace optout

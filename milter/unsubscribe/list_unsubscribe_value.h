// Writing List-Unsubscribe: what may stand there, and nothing else. libmilter checks nothing, so
// this is the last door through which a forged header field could come (AT-10).
//
// Any thread; a value is one thread's at a time.

#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

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

// The same, as far as it could do harm in a header field: whether it leads anywhere is not asked,
// which costs as much as making a token.
std::string_view unsafe_in_list_unsubscribe(std::string_view uri);

// A value as libmilter wants it: "<https://…>,\n\t<mailto:…>", folded between the items only and
// without "\r" (LH-11).
class ListUnsubscribeValue {
public:
  // False, and nothing is written, where `uri` is unsafe. That it is fit, too, is up to whoever
  // made it.
  bool add(std::string_view uri);

  // Empty until something has been added.
  const std::string& text() const& noexcept { return text_; }
  std::string text() && noexcept { return std::move(text_); }

private:
  std::string text_;
};

}  // namespace optout

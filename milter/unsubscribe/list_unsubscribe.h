// Reading List-Unsubscribe (RFC 2369) and List-Unsubscribe-Post (RFC 8058).
//
// Pure functions; any thread. Linear in the length of a value, without recursion, whatever it holds
// (AT-18).

#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace optout {

inline constexpr std::string_view kListUnsubscribeName = "List-Unsubscribe";
inline constexpr std::string_view kPostName = "List-Unsubscribe-Post";
inline constexpr std::string_view kPostValue = "List-Unsubscribe=One-Click";  // OC-02

// other: no way to unsubscribe, no URI at all, or one of these without a host or an address, as
// templates leave it; never acted upon (LH-16).
enum class UriScheme { mailto, https, http, other };

struct ListUri {
  UriScheme scheme = UriScheme::other;
  std::string text;

  friend bool operator==(const ListUri&, const ListUri&) = default;
};

// What stands in angle brackets, in the order of the sender's preference. `value` as libmilter
// gives it, folds and all. White space inside the brackets means nothing (LH-07). Where something
// else than brackets, commas and comments stands, the rest is ignored (LH-04 to LH-06): it may be
// an extension, or a trick. Empty brackets are passed over; an empty item ends the list, as it is
// none in brackets.
std::vector<ListUri> list_uris(std::string_view value);

// Whether a person's mail program can do something with one of them.
bool offers_a_way_out(std::span<const ListUri> uris) noexcept;

// The one URI a one-click request can be sent to: https, and no other http or https beside it
// (OC-01). Null where there is none.
const ListUri* only_https(std::span<const ListUri> uris) noexcept;

// Whether a List-Unsubscribe-Post says what RFC 8058 demands; case and white space are forgiven.
bool is_one_click(std::string_view post_value) noexcept;

// The URI a mailbox provider would POST to for these two fields, or nothing.
std::optional<std::string> one_click_uri(std::string_view value, std::string_view post_value);

}  // namespace optout

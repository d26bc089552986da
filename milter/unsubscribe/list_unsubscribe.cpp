#include "unsubscribe/list_unsubscribe.h"

#include "address/ascii.h"
#include "unsubscribe/mailto.h"
#include "util/structured_field.h"

#include <algorithm>
#include <utility>

namespace optout {
namespace {

// Mail programs forgive a subject that is encoded wrongly, and write to several addresses, too.
bool names_somebody(std::string_view mailto) {
  return parse_mailto(mailto) || parse_mailto(mailto.substr(0, mailto.find_first_of("?,")));
}

// "https:///", "https://?" and "https://{{link}}" do not.
bool names_host(std::string_view uri, std::string_view start) {
  if (uri.size() <= start.size() || !ascii::starts_with(uri, start)) return false;
  const char first = uri[start.size()];
  return ascii::host_name(first) != 0 || first == '[' || !ascii::is_ascii(first);
}

UriScheme scheme_of(std::string_view uri) {
  const bool garbled =
      std::any_of(uri.begin(), uri.end(), [](char c) { return c == '<' || ascii::is_control(c); });
  if (garbled) return UriScheme::other;
  if (names_host(uri, "https://")) return UriScheme::https;
  if (names_host(uri, "http://")) return UriScheme::http;
  return names_somebody(uri) ? UriScheme::mailto : UriScheme::other;
}

std::string without_white_space(std::string_view text) {
  std::string result(text);
  std::erase_if(result, is_folding_space);
  return result;
}

// The index of what comes next that is neither white space nor a comment; value.size() if nothing
// does, or if a comment never ends.
std::size_t behind_space_and_comments(std::string_view value, std::size_t at) {
  while (at < value.size() && (is_folding_space(value[at]) || value[at] == '('))
    at = value[at] == '(' ? behind_comment(value, at) : at + 1;
  return std::min(at, value.size());
}

}  // namespace

std::vector<ListUri> list_uris(std::string_view value) {
  std::vector<ListUri> uris;
  for (std::size_t at = 0;; ++at) {
    at = behind_space_and_comments(value, at);
    if (at == value.size() || value[at] != '<') return uris;
    const std::size_t end = value.find('>', at);
    if (end == std::string_view::npos) return uris;
    std::string text = without_white_space(value.substr(at + 1, end - at - 1));
    if (!text.empty()) {
      const UriScheme scheme = scheme_of(text);
      uris.push_back({scheme, std::move(text)});
    }
    at = behind_space_and_comments(value, end + 1);
    if (at == value.size() || value[at] != ',') return uris;
  }
}

bool offers_a_way_out(std::span<const ListUri> uris) noexcept {
  return std::any_of(uris.begin(), uris.end(),
                     [](const ListUri& uri) { return uri.scheme != UriScheme::other; });
}

const ListUri* only_https(std::span<const ListUri> uris) noexcept {
  const ListUri* only = nullptr;
  for (const ListUri& uri : uris) {
    if (uri.scheme != UriScheme::https && uri.scheme != UriScheme::http) continue;
    if (only != nullptr) return nullptr;
    only = &uri;
  }
  return only != nullptr && only->scheme == UriScheme::https ? only : nullptr;
}

bool is_one_click(std::string_view post_value) noexcept {
  return ascii::same_ignoring_case(without_space_around(post_value), kPostValue);
}

std::optional<std::string> one_click_uri(std::string_view value, std::string_view post_value) {
  if (!is_one_click(post_value)) return std::nullopt;
  const std::vector<ListUri> uris = list_uris(value);
  const ListUri* const uri = only_https(uris);
  if (uri == nullptr) return std::nullopt;
  return uri->text;
}

}  // namespace optout

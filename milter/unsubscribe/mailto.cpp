#include "unsubscribe/mailto.h"

#include "address/ascii.h"
#include "address/lookup_key.h"
#include "unsubscribe/percent.h"
#include "util/utf8.h"

#include <algorithm>
#include <utility>

namespace optout {
namespace {

constexpr std::string_view kScheme = "mailto:";

bool is_one_line(std::string_view text) {
  const auto is_control = [](char c) { return ascii::is_control(c); };
  return std::none_of(text.begin(), text.end(), is_control) && is_utf8(text);
}

// No brackets, source route or white space around: an address in a URI has none (ML-07).
bool is_mailbox(std::string_view text) {
  constexpr std::string_view kWrapping = "<>@ ";
  if (text.empty() || !is_one_line(text)) return false;
  if (kWrapping.find(text.front()) != std::string_view::npos) return false;
  if (kWrapping.find(text.back()) != std::string_view::npos) return false;
  return lookup_key(text).status == KeyStatus::ok;
}

// Takes the front of `text` off, up to `separator`, which goes too.
std::string_view take_until(std::string_view& text, char separator) {
  const std::string_view front = text.substr(0, text.find(separator));
  text.remove_prefix(std::min(text.size(), front.size() + 1));
  return front;
}

}  // namespace

std::optional<Mailto> parse_mailto(std::string_view uri) {
  if (!ascii::starts_with(uri, kScheme)) return std::nullopt;
  uri = uri.substr(0, uri.find('#')).substr(kScheme.size());
  Mailto mailto;
  const auto take_address = [&](std::string_view encoded) {
    if (encoded.empty()) return true;
    // A comma separates addresses; one that is part of an address is percent-encoded.
    if (!mailto.address.empty() || encoded.find(',') != std::string_view::npos) return false;
    std::optional<std::string> address = percent_decoded(encoded);
    if (!address || !is_mailbox(*address)) return false;
    mailto.address = std::move(*address);
    return true;
  };
  if (!take_address(take_until(uri, '?'))) return std::nullopt;
  while (!uri.empty()) {
    std::string_view encoded = take_until(uri, '&');
    const std::optional<std::string> name = percent_decoded(take_until(encoded, '='));
    std::optional<std::string> value = percent_decoded(encoded);
    if (!name || !value) return std::nullopt;
    if (ascii::same_ignoring_case(*name, "to")) {
      if (!take_address(encoded)) return std::nullopt;
    } else if (ascii::same_ignoring_case(*name, "subject")) {
      if (!is_one_line(*value)) return std::nullopt;
      if (mailto.subject.empty()) mailto.subject = std::move(*value);
    }
  }
  if (mailto.address.empty()) return std::nullopt;
  return mailto;
}

std::optional<std::string> mailto_uri(std::string_view address, std::string_view subject) {
  if (!is_mailbox(address) || !is_one_line(subject)) return std::nullopt;
  const std::size_t at = address.rfind('@');
  std::string domain(address.substr(at + 1));
  if (!std::all_of(domain.begin(), domain.end(), ascii::is_ascii)) domain = domain_key(domain);
  std::string uri(kScheme);
  uri += percent_encoded(address.substr(0, at), "+");
  uri.append(1, '@').append(percent_encoded(domain));
  if (!subject.empty()) uri.append("?subject=").append(percent_encoded(subject));
  return uri;
}

}  // namespace optout

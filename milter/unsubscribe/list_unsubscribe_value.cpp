#include "unsubscribe/list_unsubscribe_value.h"

#include "address/ascii.h"
#include "unsubscribe/mailto.h"
#include "unsubscribe/percent.h"

#include <algorithm>

namespace optout {
namespace {

constexpr auto kWritten = ascii::table_of("-._~:/?&=%+@");
constexpr std::string_view kHttps = "https://";
constexpr std::string_view kMailto = "mailto:";

bool is_written(char c) {
  return kWritten[static_cast<unsigned char>(c)] != 0;
}

}  // namespace

std::string_view unfit_for_list_unsubscribe(std::string_view uri) {
  if (!uri.starts_with(kHttps) && !uri.starts_with(kMailto)) {
    return "is neither https: nor mailto:";
  }
  if (uri.size() > kLongestListUri) return "is too long for a line";
  if (!std::all_of(uri.begin(), uri.end(), is_written)) {
    return "contains a character that must be percent-encoded";
  }
  if (!percent_decoded(uri)) return "contains a percent sign without two hexadecimal digits";
  if (uri.starts_with(kHttps)) {
    const std::string_view rest = uri.substr(kHttps.size());
    if (rest.empty() || ascii::host_name(rest.front()) == 0) return "names no host";
  } else if (!parse_mailto(uri)) {
    return "is not a mailto: with one address";
  }
  return {};
}

std::optional<std::string> list_unsubscribe_value(std::span<const std::string> uris) {
  std::string value;
  for (const std::string& uri : uris) {
    if (!unfit_for_list_unsubscribe(uri).empty()) return std::nullopt;
    if (!value.empty()) value += ",\n\t";
    value.append(1, '<').append(uri).append(1, '>');
  }
  if (value.empty()) return std::nullopt;
  return value;
}

}  // namespace optout

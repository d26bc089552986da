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
constexpr std::size_t kUsualLength = 400;  // of a value with a link and an address

bool is_written(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return kWritten[static_cast<unsigned char>(c)] != 0; });
}

}  // namespace

std::string_view unsafe_in_list_unsubscribe(std::string_view uri) {
  if (!uri.starts_with(kHttps) && !uri.starts_with(kMailto)) {
    return "is neither https: nor mailto:";
  }
  if (uri.size() > kLongestListUri) return "is too long for a line";
  if (!is_written(uri)) return "contains a character that must be percent-encoded";
  if (!is_percent_encoded(uri)) return "contains a percent sign without two hexadecimal digits";
  return {};
}

std::string_view unfit_for_list_unsubscribe(std::string_view uri) {
  if (const auto unsafe = unsafe_in_list_unsubscribe(uri); !unsafe.empty()) return unsafe;
  if (uri.starts_with(kHttps)) {
    const std::string_view rest = uri.substr(kHttps.size());
    if (rest.empty() || ascii::host_name(rest.front()) == 0) return "names no host";
  } else if (!parse_mailto(uri)) {
    return "is not a mailto: with one address";
  }
  return {};
}

bool ListUnsubscribeValue::add(std::string_view uri) {
  if (!unsafe_in_list_unsubscribe(uri).empty()) return false;
  if (text_.empty()) {
    text_.reserve(kUsualLength);
  } else {
    text_ += ",\n\t";
  }
  text_.append(1, '<').append(uri).append(1, '>');
  return true;
}

}  // namespace optout

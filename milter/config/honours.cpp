#include "config/honours.h"

#include "config/complaint.h"
#include "config/stream_types.h"
#include "util/suggest.h"
#include "util/utf8.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>

namespace optout {
namespace {

constexpr std::array<std::string_view, 6> kSets = {"global",    "list",   "stream",
                                                   "complaint", "bounce", "block"};
constexpr std::array<std::string_view, 3> kKinds = {"list", "stream", "key"};
constexpr std::size_t kLongestListId = 255;  // RFC 2919 section 2
constexpr std::size_t kLongestRedisKey = 512;

// Octets above ASCII are in use (policy/list_id.h).
bool may_stand_in_list_id(char c) {
  return (c > 0x20 && c < 0x7F) || static_cast<unsigned char>(c) >= 0x80;
}

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return out;
}

Parsed<std::string> list_set(std::string_view id) {
  const bool fits = id.size() <= kLongestListId &&
                    std::all_of(id.begin(), id.end(), may_stand_in_list_id) && is_utf8(id) &&
                    id.find_first_of("<>{}") == std::string_view::npos;
  if (!fits) {
    return Problem{fmt::format("{} is not a List-Id (write list:news.example.com)", in_quotes(id))};
  }
  return "list:" + lower(id);
}

Parsed<std::string> stream_set(std::string_view name) {
  if (!is_stream_name(name)) {
    return Problem{fmt::format(
        "{} is not the name of a stream (a to z, 0 to 9, - and _, at most 64)", in_quotes(name))};
  }
  return fmt::format("stream:{}", name);
}

Parsed<std::string> foreign_set(std::string_view key) {
  if (key.size() > kLongestRedisKey) {
    return Problem{fmt::format("a Redis key of more than {} octets", kLongestRedisKey)};
  }
  return fmt::format("key:{}", key);
}

Parsed<std::string> unknown_set(std::string_view text) {
  const auto colon = text.find(':');
  if (colon != std::string_view::npos) {
    if (const auto meant = nearest(text.substr(0, colon), kKinds); !meant.empty()) {
      return Problem{fmt::format("{} is no suppression set (did you mean {}{}?)", in_quotes(text),
                                 meant, text.substr(colon))};
    }
  } else if (const auto meant = nearest(text, kSets); !meant.empty()) {
    return Problem{
        fmt::format("{} is no suppression set (did you mean {}?)", in_quotes(text), meant)};
  }
  return Problem{
      fmt::format("{} is no suppression set (there are global, list, stream, complaint, bounce, "
                  "block, list:<id>, stream:<name>, key:<redis key>)",
                  in_quotes(text))};
}

Parsed<std::string> parse_honours(std::string_view text) {
  if (text.empty())
    return Problem{"an empty name; write the name of a suppression set, such as global"};
  if (std::find(kSets.begin(), kSets.end(), text) != kSets.end()) return std::string(text);
  for (const std::string_view kind : kKinds) {
    if (!text.starts_with(kind) || text.substr(kind.size(), 1) != ":") continue;
    const std::string_view name = text.substr(kind.size() + 1);
    if (name.empty()) return Problem{fmt::format("{}: names nothing after the colon", kind)};
    if (kind == "list") return list_set(name);
    return kind == "stream" ? stream_set(name) : foreign_set(name);
  }
  return unknown_set(text);
}

}  // namespace

Type<std::string> honours_type() {
  return {parse_honours, [](const std::string& set) { return yaml_scalar(set); }};
}

}  // namespace optout

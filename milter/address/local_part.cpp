#include "address/local_part.h"

#include "address/ascii.h"
#include "address/folding.h"

#include <algorithm>

namespace optout {
namespace {

bool is_dot_atom_octet(char c) noexcept {
  return !ascii::is_ascii(c) || ascii::dot_atom(c) != 0;
}

// Reads the quoted string that begins at `text[at]` and appends what it says to `content`. The
// position behind it, or npos if it does not end.
std::size_t read_quoted(std::string_view text, std::size_t at, std::string& content) {
  for (++at; at < text.size(); ++at) {
    if (text[at] == '"') return at + 1;
    if (text[at] == '\\' && ++at == text.size()) break;
    content += text[at];
  }
  return std::string_view::npos;
}

std::string quoted(std::string_view content) {
  std::string result = "\"";
  for (const char c : content) {
    if (c == '"' || c == '\\') result += '\\';
    result += c;
  }
  return result += '"';
}

}  // namespace

bool is_dot_atom(std::string_view text) noexcept {
  return !text.empty() && std::all_of(text.begin(), text.end(), is_dot_atom_octet);
}

std::optional<LocalPart> read_local_part(std::string_view text) {
  LocalPart local;
  std::size_t at = 0;
  while (at < text.size()) {
    if (text[at] == '"') {
      if (at > 0 && text[at - 1] != '.') return std::nullopt;
      at = read_quoted(text, at, local.content);
      if (at == std::string_view::npos) return std::nullopt;
      if (at < text.size() && is_dot_atom_octet(text[at]) && text[at] != '.') return std::nullopt;
    } else if (is_dot_atom_octet(text[at])) {
      local.content += text[at++];
    } else {
      break;
    }
  }
  local.length = at;
  return local;
}

std::optional<std::string> canonical_local_part(std::string_view content) {
  std::optional<std::string> result = folded(content);
  if (result && !is_dot_atom(*result)) result = quoted(*result);
  return result;
}

}  // namespace optout

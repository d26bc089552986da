#include "policy/list_id.h"

#include "util/structured_field.h"

namespace optout {
namespace {

constexpr std::size_t kLongestIdentifier = 255;  // RFC 2919 3

// RFC 5322 atext, and the dot. Octets above ASCII are let through: such identifiers are in use.
bool is_dot_atom_char(char c) {
  const auto octet = static_cast<unsigned char>(c);
  if (octet >= 0x80 || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z')) return true;
  return std::string_view("!#$%&'*+-/=?^_`{|}~.").find(c) != std::string_view::npos;
}

std::optional<std::string> identifier(std::string_view text) {
  std::string id;
  for (char c : text) {
    if (is_folding_space(c)) continue;
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    if (!is_dot_atom_char(c)) return std::nullopt;
    id += c;
  }
  if (id.empty() || id.size() > kLongestIdentifier) return std::nullopt;
  return id;
}

// "Smile :( <news.example.com>": what never ends was no comment, and the identifier stands last.
std::optional<std::string> last_bracketed(std::string_view value) {
  const auto begin = value.rfind('<');
  if (begin == std::string_view::npos) return std::nullopt;
  const auto end = value.find('>', begin);
  if (end == std::string_view::npos) return std::nullopt;
  return identifier(value.substr(begin + 1, end - begin - 1));
}

}  // namespace

std::optional<std::string> list_id(std::string_view value) {
  std::optional<std::string> found;
  std::size_t bracketed = 0;
  for (std::size_t at = 0; at < value.size();) {
    if (value[at] == '(') {
      at = behind_comment(value, at);
    } else if (value[at] == '"') {
      at = behind_quoted_string(value, at);
    } else if (value[at] == '<') {
      const auto end = value.find('>', at);
      if (end == std::string_view::npos) return std::nullopt;
      found = identifier(value.substr(at + 1, end - at - 1));
      ++bracketed;
      at = end + 1;
    } else {
      ++at;
    }
    if (at == kNeverEnds) return last_bracketed(value);
  }
  if (bracketed == 1) return found;
  if (bracketed > 1) return std::nullopt;
  value = without_space_around(value);
  for (const char c : value) {
    if (is_folding_space(c)) return std::nullopt;  // a phrase without an identifier
  }
  return identifier(value);
}

}  // namespace optout

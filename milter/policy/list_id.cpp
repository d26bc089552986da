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

std::optional<std::string> last_bracketed(std::string_view value) {
  const auto begin = value.rfind('<');
  if (begin == std::string_view::npos) return std::nullopt;
  const auto end = value.find('>', begin);
  if (end == std::string_view::npos) return std::nullopt;
  return identifier(value.substr(begin + 1, end - begin - 1));
}

// The index behind the encoded word that begins at `at` (RFC 2047 2), or `at` where none does.
// Looks no further than to the third "?", so that all of these together are linear.
std::size_t behind_encoded_word(std::string_view value, std::size_t at) {
  if (!value.substr(at).starts_with("=?")) return at;
  std::size_t next = at + 1;
  for (int part = 0; part < 3; ++part) {  // charset, encoding, text
    next = value.find_first_of("? \t\r\n", next + 1);
    if (next == std::string_view::npos || value[next] != '?') return at;
  }
  return value.substr(next).starts_with("?=") ? next + 2 : at;
}

// "eu.news.example.com (News)": an identifier, and whatever stood around it was a comment.
std::optional<std::string> bare_identifier(std::string_view text) {
  text = without_space_around(text);
  for (const char c : text) {
    if (is_folding_space(c)) return std::nullopt;  // a phrase without an identifier
  }
  return identifier(text);
}

}  // namespace

std::optional<std::string> list_id(std::string_view value) {
  std::optional<std::string> found;
  std::size_t bracketed = 0;
  std::optional<std::string> hidden;  // in a comment or quotes, the last one
  std::string bare;                   // the value without comments
  bool has_phrase = false;
  for (std::size_t at = 0; at < value.size();) {
    const std::size_t begin = at;
    if (value[at] == '(' || value[at] == '"') {
      has_phrase = has_phrase || value[at] == '"';
      at = value[at] == '(' ? behind_comment(value, at) : behind_quoted_string(value, at);
      // "Smile :( <news.example.com>": what never ends was no comment, and the identifier stands
      // last.
      if (at == kNeverEnds) return last_bracketed(value);
      if (auto id = last_bracketed(value.substr(begin, at - begin))) hidden = std::move(id);
    } else if (value[at] == '<') {
      const auto end = value.find('>', at);
      if (end == std::string_view::npos) return std::nullopt;
      found = identifier(value.substr(at + 1, end - at - 1));
      ++bracketed;
      at = end + 1;
    } else if (at = behind_encoded_word(value, begin); at != begin) {
      has_phrase = true;
    } else {
      bare += value[at++];
    }
  }
  if (bracketed == 1) return found;
  if (bracketed > 1) return std::nullopt;
  if (has_phrase) return hidden;
  found = bare_identifier(bare);
  // "News (<news.example.com>)": what has no dot is no identifier where another one has.
  const bool is_dotted = found && found->find('.') != std::string::npos;
  return hidden && !is_dotted ? hidden : found;
}

}  // namespace optout

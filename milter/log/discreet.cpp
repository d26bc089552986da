// Text in which addresses may stand, shown as discreetly as these.

#include "log/escape.h"
#include "log/log.h"
#include "log/state.h"

#include <algorithm>
#include <utility>

namespace optout::log {
namespace {

bool is_letter_or_digit(char c) {
  return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
         static_cast<unsigned char>(c) >= 0x80;
}

// What may stand in a local part without quotes (RFC 5322 3.2.3, RFC 6531 3.3).
bool is_of_local_part(char c) {
  return is_letter_or_digit(c) ||
         std::string_view("!#$%&'*+-/=?^_`{|}~.").find(c) != std::string_view::npos;
}

bool is_of_domain(char c) {
  return is_letter_or_digit(c) || c == '.' || c == '-' || c == '_';
}

// Where the local part begins that ends before `at`.
std::size_t begin_of_local_part(std::string_view text, std::size_t at) {
  if (at > 0 && text[at - 1] == '"') {
    const std::size_t quotes = at >= 2 ? text.rfind('"', at - 2) : std::string_view::npos;
    return quotes == std::string_view::npos ? 0 : quotes;
  }
  while (at > 0 && is_of_local_part(text[at - 1]))
    --at;
  return at;
}

// Where the domain, or address literal, ends that begins behind `at`.
std::size_t end_of_domain(std::string_view text, std::size_t at) {
  std::size_t end = at + 1;
  if (end < text.size() && text[end] == '[') {
    const std::size_t closed = text.find(']', end);
    return closed == std::string_view::npos ? text.size() : closed + 1;
  }
  while (end < text.size() && is_of_domain(text[end]))
    ++end;
  return end;
}

// The next one that stands before a domain; those in a quoted local part do not.
std::size_t next_at(std::string_view text, std::size_t from) {
  const std::size_t at = text.find('@', from);
  const std::size_t end_of_quotes = text.find("\"@", from);
  if (end_of_quotes == std::string_view::npos || end_of_quotes == 0) return at;
  const std::size_t quotes = text.rfind('"', end_of_quotes - 1);
  const bool is_quoted = quotes != std::string_view::npos && quotes >= from && quotes < at;
  return is_quoted ? end_of_quotes + 1 : at;
}

// What stands between the addresses is as `shown_between` has it.
template <typename Function>
std::string with_addresses_hidden(std::string_view text, const Function& shown_between) {
  std::string out;
  std::size_t copied = 0;
  for (std::size_t at = next_at(text, 0); at != std::string_view::npos;) {
    const std::size_t begin = std::max(copied, begin_of_local_part(text, at));
    const std::size_t end = end_of_domain(text, at);
    out += shown_between(text.substr(copied, begin - copied));
    std::string shown = address(text.substr(begin, end - begin));
    const bool has_brackets =
        begin > 0 && end < text.size() && text[begin - 1] == '<' && text[end] == '>';
    out += has_brackets ? shown.substr(1, shown.size() - 2) : shown;
    copied = end;
    at = next_at(text, end);
  }
  return out += shown_between(text.substr(copied));
}

std::string with_word_hidden(std::string text, std::string_view word) {
  if (word.empty()) return text;
  for (std::size_t at = text.find(word); at != std::string::npos; at = text.find(word, at)) {
    const std::size_t end = at + word.size();
    const bool is_whole = (at == 0 || !is_letter_or_digit(text[at - 1])) &&
                          (end == text.size() || !is_letter_or_digit(text[end]));
    if (is_whole) text.replace(at, word.size(), "-");
    at += is_whole ? 1 : word.size();
  }
  return text;
}

}  // namespace

std::string discreet(std::string_view text, std::size_t limit, std::string_view about) {
  if (state().addresses.load() == LogAddresses::full)
    return escaped_for(Place::quotes, text, limit);
  const std::string_view local_part = about.substr(0, about.rfind('@'));
  std::string hidden = with_addresses_hidden(text, [](std::string_view part) { return part; });
  return escaped_for(Place::quotes, with_word_hidden(std::move(hidden), local_part), limit);
}

std::string word(std::string_view text, std::size_t limit) {
  if (state().addresses.load() == LogAddresses::full) return escaped_for(Place::word, text, limit);
  std::string shown = with_addresses_hidden(text, [](std::string_view part) {
    return escaped_for(Place::word, part, std::string_view::npos);
  });
  if (shown.size() <= limit) return shown;
  while (limit > 0 && (static_cast<unsigned char>(shown[limit]) & 0xC0) == 0x80)
    --limit;  // to where a character begins
  shown.resize(limit);
  return shown += "…";
}

}  // namespace optout::log

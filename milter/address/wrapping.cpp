#include "address/wrapping.h"

namespace optout {
namespace {

// As lenient as Postfix, which drops everything from a leading '@' to a ':'. A ':' within brackets
// is part of a domain literal: "@[IPv6:2001:db8::1]:ann@example.com".
std::string_view without_route(std::string_view text) noexcept {
  if (text.empty() || text.front() != '@') return text;
  bool in_literal = false;
  for (std::size_t i = 1; i < text.size(); ++i) {
    if (text[i] == '[') in_literal = true;
    if (text[i] == ']') in_literal = false;
    if (text[i] == ':' && !in_literal) return text.substr(i + 1);
  }
  return text;
}

}  // namespace

std::string_view without_brackets(std::string_view text) noexcept {
  for (;;) {
    while (!text.empty() && text.front() == ' ')
      text.remove_prefix(1);
    while (!text.empty() && text.back() == ' ')
      text.remove_suffix(1);
    if (text.size() < 2 || text.front() != '<' || text.back() != '>') return text;
    text.remove_prefix(1);
    text.remove_suffix(1);
  }
}

std::string_view without_wrapping(std::string_view text) noexcept {
  for (;;) {
    const std::string_view inner = without_brackets(without_route(without_brackets(text)));
    if (inner.size() == text.size()) return inner;
    text = inner;
  }
}

}  // namespace optout

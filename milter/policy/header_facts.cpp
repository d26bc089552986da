#include "policy/header_facts.h"

#include "policy/list_id.h"

#include <algorithm>

namespace optout {
namespace {

bool same_ignoring_case(std::string_view a, std::string_view b) {
  const auto lower = [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  };
  return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(),
                                            [&](char x, char y) { return lower(x) == lower(y); });
}

// The first word of a structured field, behind comments and white space (RFC 5322 3.2.2). Linear.
std::string_view first_word(std::string_view value) {
  std::size_t depth = 0;
  std::size_t at = 0;
  for (; at < value.size(); ++at) {
    const char c = value[at];
    if (c == '\\' && depth > 0) {
      ++at;
    } else if (c == '(') {
      ++depth;
    } else if (c == ')' && depth > 0) {
      --depth;
    } else if (depth == 0 && c != ' ' && c != '\t' && c != '\r' && c != '\n') {
      break;
    }
  }
  value.remove_prefix(std::min(at, value.size()));
  return value.substr(0, value.find_first_of(" \t\r\n;("));
}

}  // namespace

void HeaderFacts::add(std::string_view name, std::string_view value) {
  if (same_ignoring_case(name, "List-Id")) {
    if (++list_ids_ == 1) list_id_ = optout::list_id(value);
  } else if (same_ignoring_case(name, "Auto-Submitted")) {
    automatic_ = automatic_ || !same_ignoring_case(first_word(value), "no");
  } else if (same_ignoring_case(name, "Content-Type")) {
    automatic_ = automatic_ || same_ignoring_case(first_word(value), "multipart/report");
  }
}

std::optional<std::string> HeaderFacts::list_id() const {
  if (list_ids_ != 1) return std::nullopt;
  return list_id_;
}

}  // namespace optout

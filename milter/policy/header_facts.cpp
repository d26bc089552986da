#include "policy/header_facts.h"

#include "address/ascii.h"
#include "policy/from_address.h"
#include "policy/list_id.h"
#include "util/structured_field.h"

#include <algorithm>

namespace optout {
namespace {

// The first word of a structured field, behind comments and white space (RFC 5322 3.2.2).
std::string_view first_word(std::string_view value) {
  std::size_t at = 0;
  while (at < value.size() && (value[at] == '(' || is_folding_space(value[at])))
    at = value[at] == '(' ? behind_comment(value, at) : at + 1;
  value.remove_prefix(std::min(at, value.size()));
  return value.substr(0, value.find_first_of(" \t\r\n;("));
}

}  // namespace

void HeaderFacts::add(std::string_view name, std::string_view value) {
  if (ascii::same_ignoring_case(name, "List-Id")) {
    if (++list_ids_ == 1) list_id_ = optout::list_id(value);
  } else if (ascii::same_ignoring_case(name, "From")) {
    if (++froms_ == 1) from_ = from_address(value);
  } else if (ascii::same_ignoring_case(name, "Auto-Submitted")) {
    automatic_ = automatic_ || !ascii::same_ignoring_case(first_word(value), "no");
  } else if (ascii::same_ignoring_case(name, "Content-Type")) {
    automatic_ = automatic_ || ascii::same_ignoring_case(first_word(value), "multipart/report");
  }
}

std::optional<std::string> HeaderFacts::list_id() const {
  if (list_ids_ != 1) return std::nullopt;
  return list_id_;
}

std::optional<std::string> HeaderFacts::from() const {
  if (froms_ != 1) return std::nullopt;
  return from_;
}

}  // namespace optout

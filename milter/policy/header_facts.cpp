#include "policy/header_facts.h"

#include "address/ascii.h"
#include "policy/from_address.h"
#include "policy/list_id.h"
#include "util/structured_field.h"

namespace optout {
namespace {

const std::optional<std::string> kNone;

// Says why it was sent, by a keyword: a field without one exempts nobody (SC-15).
bool tells_of_a_machine(std::string_view auto_submitted) {
  const std::string_view keyword = first_word(auto_submitted);
  return !keyword.empty() && !ascii::same_ignoring_case(keyword, "no");
}

}  // namespace

void HeaderFacts::add(std::string_view name, std::string_view value) {
  if (ascii::same_ignoring_case(name, "List-Id")) {
    if (++list_ids_ == 1) list_id_ = optout::list_id(value);
  } else if (ascii::same_ignoring_case(name, "From")) {
    if (++froms_ == 1) from_ = from_address(value);
  } else if (ascii::same_ignoring_case(name, "Auto-Submitted")) {
    automatic_ = automatic_ || tells_of_a_machine(value);
  } else if (ascii::same_ignoring_case(name, "Content-Type")) {
    automatic_ = automatic_ || ascii::same_ignoring_case(media_type(value), "multipart/report");
  }
}

const std::optional<std::string>& HeaderFacts::list_id() const noexcept {
  return list_ids_ == 1 ? list_id_ : kNone;
}

std::string_view HeaderFacts::why_no_list() const noexcept {
  if (list_ids_ > 1) return "more than one List-Id";
  return list_ids_ == 1 && !list_id_ ? "a List-Id that names no list" : "";
}

const std::optional<std::string>& HeaderFacts::from() const noexcept {
  return froms_ == 1 ? from_ : kNone;
}

}  // namespace optout

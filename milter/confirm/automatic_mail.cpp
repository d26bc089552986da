#include "confirm/automatic_mail.h"

#include "address/ascii.h"
#include "util/structured_field.h"

#include <algorithm>
#include <array>
#include <span>
#include <string>

namespace optout {
namespace {

using ascii::same_ignoring_case;
using Words = std::span<const std::string_view>;

// Fields that people's mail does not have, whatever they say.
constexpr std::array<std::string_view, 4> kMachinesFields{
    "X-Autoreply", "X-Autorespond", "X-Auto-Response-Suppress", "X-Failure-Recipients"};
constexpr std::array<std::string_view, 4> kMachinesPrecedences{"bulk", "list", "junk",
                                                               "auto_reply"};

bool is_one_of(std::string_view text, Words words) {
  return std::any_of(words.begin(), words.end(),
                     [&](std::string_view word) { return same_ignoring_case(text, word); });
}

std::string_view without_brackets(std::string_view path) {
  if (path.starts_with('<')) path.remove_prefix(1);
  if (path.ends_with('>')) path.remove_suffix(1);
  return path;
}

}  // namespace

void AutomaticMail::from(std::string_view address) {
  address = without_brackets(address);
  const std::string local = ascii::lowered(address.substr(0, address.rfind('@')));
  automatic_ = automatic_ || local.empty() || local == "mailer-daemon" || local == "postmaster" ||
               local.starts_with("owner-") || local.ends_with("-request");
}

void AutomaticMail::header(std::string_view name, std::string_view value) {
  if (same_ignoring_case(name, "Auto-Submitted")) {
    // Whoever says it twice is not to be believed either time (AT-19).
    automatic_ = automatic_ || says_no_ || !same_ignoring_case(first_word(value), "no");
    says_no_ = true;
  } else if (same_ignoring_case(name, "From")) {
    ++froms_;
  } else if (same_ignoring_case(name, "Precedence")) {
    automatic_ = automatic_ || is_one_of(first_word(value), kMachinesPrecedences);
  } else if (same_ignoring_case(name, "Content-Type")) {
    automatic_ = automatic_ || same_ignoring_case(media_type(value), "multipart/report");
  } else if (same_ignoring_case(name, "Return-Path")) {
    automatic_ = automatic_ || without_brackets(without_space_around(value)).empty();
  } else if (ascii::starts_with(name, "list-") || is_one_of(name, kMachinesFields)) {
    automatic_ = true;
  }
}

}  // namespace optout

#include "message/envelope_edit.h"

#include "address/wrapping.h"

#include <fmt/format.h>

namespace optout {

// Postfix compares with what it made of a source route, Sendmail with what was given: so both,
// where they differ.
bool take_off_envelope(const std::string& as_given, Mta& mta) {
  const bool done = mta.delete_recipient(as_given);
  if (!without_brackets(as_given).starts_with('@')) return done;
  return mta.delete_recipient(fmt::format("<{}>", without_wrapping(as_given))) && done;
}

}  // namespace optout

// Whether a machine wrote a mail, so that nobody may answer it (RFC 3834 2). To act on it is
// another matter: Apple Mail unsubscribes people by mail that calls itself automatic.
//
// Stricter than HeaderFacts::is_automatic(), which says what must not be refused: where one sign is
// enough to keep silent, a wrong one costs a confirmation, and no more.
//
// Fed field by field, as the MTA sends them.

#pragma once

#include <string_view>

namespace optout {

class AutomaticMail {
public:
  // Whom it is from: the envelope's sender and the author, with or without angle brackets. The null
  // sender is a machine's, and so are the addresses that only programs write from.
  void from(std::string_view address);

  // `value` as libmilter gives it: unfolded or with "\n\t" folds.
  void header(std::string_view name, std::string_view value);

  bool is_automatic() const noexcept { return automatic_ || froms_ > 1; }

private:
  bool automatic_ = false;
  bool says_no_ = false;  // Auto-Submitted: no
  unsigned froms_ = 0;    // fields
};

}  // namespace optout

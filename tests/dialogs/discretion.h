// Whether a log that is to name nobody names nobody, whoever a dialog is about.
//
// Pure; any thread.

#pragma once

#include "dialogs/dialog.h"

#include <string_view>

namespace optout::test {

// Throws std::runtime_error with the line where there is an address in `log`, or the local part of
// one that the dialog names: unless the same word stands elsewhere in the dialog, as "news" does in
// names of lists.
void must_name_nobody(const Dialog& dialog, std::string_view log);

}  // namespace optout::test

// How evidence is written into the fields of an `entry:<member>` hash, in words (record_words.h):
// under the name of a set, why the member is in it; under `withdrawn:` and that name, why it no
// longer is.

#pragma once

#include "suppression/opt_out.h"

#include <optional>
#include <string>
#include <string_view>

namespace optout {

std::string encode_evidence(const Evidence& evidence);
std::string encode_withdrawal(const Withdrawal& withdrawal);

// Nothing where the text is no such record.
std::optional<Evidence> decode_evidence(std::string_view record);
std::optional<Withdrawal> decode_withdrawal(std::string_view record);

}  // namespace optout

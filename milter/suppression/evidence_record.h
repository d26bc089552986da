// How evidence is written into the field of an `entry:<member>` hash: one line an administrator can
// read, and any script can split.
//
//   since=2026-03-02T10:00:00Z source=admin by=root reason=asked%20by%20phone
//
// Words are separated by single spaces; in values everything but visible ASCII without '%' is
// percent-encoded (RFC 3986 2.1). Unknown words are ignored, so newer versions may add some.

#pragma once

#include "suppression/opt_out.h"

#include <optional>
#include <string>
#include <string_view>

namespace optout {

std::string encode_evidence(const Evidence& evidence);

// Nothing where the text is no such record. Text in values is bounded when it is written, not here.
std::optional<Evidence> decode_evidence(std::string_view record);

}  // namespace optout

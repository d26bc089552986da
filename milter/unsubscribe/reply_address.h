// Addresses that unsubscribe whoever they were made for: u+TOKEN@optout.example.com.
//
// The token stands in the local part, not only in the subject: Apple Mail sends an empty subject,
// Outlook drops the one it was given (ML-08, ML-09).

#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace optout {

// The mail address for a token that was minted with Purpose::reply.
std::string reply_address(std::string_view token, std::string_view domain);

// What stands behind the "u+" of a local part, whatever it is worth; nothing where there is no such
// prefix. Either case; and as mail programs break it: "u%2B" encoded twice, or a blank in the place
// of the plus, in quotes. Others drop it, so that all of a local part may be a token.
std::optional<std::string_view> token_of(std::string_view local_part) noexcept;

}  // namespace optout

// A token as somebody pastes it: by itself, within an unsubscribe address, a mailto: or a link.

#pragma once

#include "optoutctl/verb.h"
#include "unsubscribe/options.h"
#include "unsubscribe/token.h"

#include <optional>
#include <string>
#include <string_view>

namespace optout {

// Where the verbs of `optoutctl token` are declared.
inline CLI::App& token_group(CLI::App& program) {
  return verb_group(program, "token", "Make and read unsubscribe tokens");
}

// Exit code of the verbs that say whether a token is ours.
inline constexpr int kNotOurs = 1;

struct GoodToken {
  Purpose purpose = Purpose::reply;
  Token token;
};

// What stands in `typed`, if one of the keys made it; nothing otherwise. By itself it may be of any
// purpose, in an address or a link only of that.
std::optional<GoodToken> good_token(std::string_view typed, const TokenKeys& keys);

// Throws Trouble where tokens are not in use.
void require_tokens(const UnsubscribeOptions& options);

std::string_view to_string(Purpose purpose) noexcept;

}  // namespace optout

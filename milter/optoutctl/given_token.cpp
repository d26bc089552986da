#include "optoutctl/given_token.h"

#include "optoutctl/text.h"
#include "optoutctl/trouble.h"
#include "unsubscribe/mailto.h"
#include "unsubscribe/reply_address.h"

#include <vector>

namespace optout {
namespace {

struct Candidate {
  std::string token;
  std::vector<Purpose> purposes;
};

Candidate candidate_in(std::string_view text) {
  text = trimmed(text);
  if (text.starts_with('<') && text.ends_with('>')) text = text.substr(1, text.size() - 2);
  std::string address(text);
  if (const auto mailto = parse_mailto(text)) address = mailto->address;
  if (const auto at = address.rfind('@'); at != std::string::npos && !text.starts_with("http")) {
    const std::string_view local_part = std::string_view(address).substr(0, at);
    return {std::string(token_of(local_part).value_or(local_part)), {Purpose::reply}};
  }
  if (text.find("://") != std::string_view::npos) {
    text = text.substr(0, text.find_first_of("?#"));
    return {std::string(text.substr(text.rfind('/') + 1)), {Purpose::link}};
  }
  return {std::string(token_of(text).value_or(text)),
          {Purpose::reply, Purpose::link, Purpose::bounce}};
}

}  // namespace

std::optional<GoodToken> good_token(std::string_view typed, const TokenKeys& keys) {
  const Tokens tokens(keys);
  const Candidate candidate = candidate_in(typed);
  for (const Purpose purpose : candidate.purposes) {
    if (auto token = tokens.verify(purpose, candidate.token))
      return GoodToken{.purpose = purpose, .token = *std::move(token)};
  }
  return std::nullopt;
}

void require_tokens(const UnsubscribeOptions& options) {
  if (options.domain.empty() || options.keys.empty()) {
    throw Trouble(EX_CONFIG,
                  "no tokens are in use: unsubscribe.domain and unsubscribe.keys are not set");
  }
}

std::string_view to_string(Purpose purpose) noexcept {
  switch (purpose) {
    case Purpose::reply:
      return "reply";
    case Purpose::link:
      return "link";
    case Purpose::bounce:
      return "bounce";
  }
  return "unknown";
}

}  // namespace optout

#include "unsubscribe/offers.h"

#include "suppression/members.h"
#include "unsubscribe/mailto.h"
#include "unsubscribe/reply_address.h"

namespace optout {

Offers::Offers(const UnsubscribeOptions& options, std::shared_ptr<const Tokens> tokens,
               std::shared_ptr<Registry> registry, MemberOptions members)
    : mailto_(
          mailto_uri(reply_address({}, options.domain), "unsubscribe ").value_or(std::string())),
      link_(options.link),
      tokens_(std::move(tokens)),
      registry_(std::move(registry)),
      members_(std::move(members)) {}

Offer Offers::offer(std::string_view address, std::optional<std::uint32_t> scope,
                    std::chrono::sys_days today) const {
  const Token token{.issued = today, .scope = scope, .address = std::string(address), .stored = {}};
  const auto content = TokenContent::of(token);
  const auto mint = [&](Purpose purpose) {
    return content ? tokens_->mint(purpose, *content) : std::nullopt;
  };
  Offer made;
  if (!link_.empty()) {
    if (const auto text = mint(Purpose::link)) made.link = link_ + *text;
  }
  auto text = mint(Purpose::reply);
  if (!text) text = mint_stored(token, made);
  if (text) made.mailto = mailto_for(*text);
  return made;
}

// In a token nothing needs to be encoded.
std::string Offers::mailto_for(std::string_view token) const {
  const std::size_t at = mailto_.find('@');
  if (at == std::string::npos) return {};
  std::string uri;
  uri.reserve(mailto_.size() + 2 * token.size());
  return uri.append(mailto_, 0, at).append(token).append(mailto_, at).append(token);
}

std::optional<std::string> Offers::mint_stored(const Token& token, Offer& offer) const {
  if (!registry_) return std::nullopt;
  Token shorter = token;
  shorter.address.clear();
  shorter.stored = tokens_->stored_reference(token.address);
  const auto kept =
      registry_->keep_address(*shorter.stored, member_to_write(token.address, members_));
  if (kept) return tokens_->mint(Purpose::reply, shorter);
  offer.fault = kept.error();
  return std::nullopt;
}

}  // namespace optout

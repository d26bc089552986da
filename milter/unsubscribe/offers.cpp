#include "unsubscribe/offers.h"

#include "suppression/members.h"
#include "unsubscribe/list_unsubscribe_value.h"
#include "unsubscribe/mailto.h"
#include "unsubscribe/reply_address.h"

namespace optout {
namespace {

constexpr std::size_t kUsualToken = 100;  // for a link

// With whatever token behind it.
std::string fit_or_none(const std::string& link) {
  const bool fits = unfit_for_list_unsubscribe(link + std::string(kLongestLinkToken, 'a')).empty();
  return fits ? link : std::string();
}

}  // namespace

Offers::Offers(const UnsubscribeOptions& options, std::shared_ptr<const Tokens> tokens,
               std::shared_ptr<Registry> registry, MemberOptions members)
    : mailto_(
          mailto_uri(reply_address({}, options.domain), "unsubscribe ").value_or(std::string())),
      link_(fit_or_none(options.link)),
      tokens_(std::move(tokens)),
      registry_(std::move(registry)),
      members_(std::move(members)) {}

Offer Offers::offer(std::string_view address, std::optional<std::uint32_t> scope,
                    std::chrono::sys_days today) const {
  const Token token{.issued = today, .scope = scope, .address = std::string(address), .stored = {}};
  const auto content = TokenContent::of(token);
  Offer made;
  if (content && !link_.empty()) {
    made.link.reserve(link_.size() + kUsualToken);
    made.link = link_;
    if (!tokens_->mint(Purpose::link, *content, made.link)) made.link.clear();
  }
  std::string text;
  text.reserve(kLongestTokenInAddress);
  const bool fits = content && tokens_->mint(Purpose::reply, *content, text);
  if (fits || mint_stored(token, text, made)) made.mailto = mailto_for(text);
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

bool Offers::mint_stored(const Token& token, std::string& text, Offer& offer) const {
  if (!registry_) return false;
  Token shorter = token;
  shorter.address.clear();
  shorter.stored = tokens_->stored_reference(token.address);
  const auto kept =
      registry_->keep_address(*shorter.stored, member_to_write(token.address, members_));
  if (!kept) {
    offer.fault = kept.error();
    return false;
  }
  const auto content = TokenContent::of(shorter);
  return content && tokens_->mint(Purpose::reply, *content, text);
}

}  // namespace optout

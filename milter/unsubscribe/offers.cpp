#include "unsubscribe/offers.h"

#include "suppression/members.h"
#include "unsubscribe/mailto.h"
#include "unsubscribe/reply_address.h"
#include "unsubscribe/set_reference.h"

namespace optout {

Offers::Offers(const UnsubscribeOptions& options, std::shared_ptr<const Tokens> tokens,
               std::shared_ptr<Registry> registry, MemberOptions members)
    : domain_(options.domain),
      link_(options.link),
      tokens_(std::move(tokens)),
      registry_(std::move(registry)),
      members_(std::move(members)) {}

Offer Offers::offer(std::string_view address, const SetName& scope,
                    std::chrono::sys_days today) const {
  Token token{.issued = today, .scope = {}, .address = std::string(address), .stored = {}};
  if (scope != SetName::global()) token.scope = set_reference(scope);
  Offer made;
  if (!link_.empty()) {
    if (const auto text = tokens_->mint(Purpose::link, token)) made.link = link_ + *text;
  }
  add_mailto(made, token);
  return made;
}

void Offers::add_mailto(Offer& offer, const Token& token) const {
  auto text = tokens_->mint(Purpose::reply, token);
  if (!text && registry_) {
    Token shorter = token;
    shorter.address.clear();
    shorter.stored = tokens_->stored_reference(token.address);
    const auto kept =
        registry_->keep_address(*shorter.stored, member_to_write(token.address, members_));
    if (!kept) {
      offer.fault = kept.error();
      return;
    }
    text = tokens_->mint(Purpose::reply, shorter);
  }
  if (!text) return;
  offer.mailto = mailto_uri(reply_address(*text, domain_), "unsubscribe " + *text).value_or("");
}

}  // namespace optout

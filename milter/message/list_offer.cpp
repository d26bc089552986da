#include "message/list_offer.h"

#include "address/ascii.h"
#include "unsubscribe/display_name.h"
#include "unsubscribe/set_reference.h"
#include "util/day.h"

namespace optout {

void ListOffer::header(std::string_view name, std::string_view value) {
  fields_.add(name, value);
  if (list_id_.empty() && ascii::same_ignoring_case(name, "List-Id")) list_id_ = value;
}

std::optional<std::uint32_t> ListOffer::scope(const Snapshot& snapshot, const Stream& stream,
                                              const std::optional<std::string>& list_id) const {
  if (list_id) {
    const SetName list = SetName::list(*list_id, stream.tenant);
    const std::uint32_t reference = set_reference(list);
    bool may_refer = true;
    if (snapshot.known_lists) {
      const auto name = [this] { return display_name(list_id_); };
      may_refer = snapshot.known_lists->note(stream.tenant, *list_id, name, reference) ==
                      KnownLists::Standing::noted &&
                  !snapshot.unsubscribe->unsubscriber.means_another(reference, list);
    }
    if (may_refer && snapshot.config.unsubscribe.scope == TokenScope::list) return reference;
  }
  return snapshot.scope_of(stream);
}

// The sender may have had a token made for him, of this recipient or of another one.
bool ListOffer::wrote_link_of(std::string_view recipient, const Snapshot& snapshot) const {
  const std::string_view prefix = snapshot.config.unsubscribe.link;
  const std::string_view link = fields_.link();
  if (!snapshot.unsubscribe || recipient.empty() || prefix.empty() || !link.starts_with(prefix))
    return false;
  const Tokens& tokens = *snapshot.unsubscribe->tokens;
  const auto token = tokens.verify(Purpose::link, link.substr(prefix.size()));
  if (!token) return false;
  return token->stored ? *token->stored == tokens.stored_reference(recipient)
                       : token->address == recipient;
}

PlannedFields ListOffer::plan(const Snapshot& snapshot, const Stream& stream,
                              std::optional<std::uint32_t> scope,
                              std::string_view recipient) const {
  const bool replaces = stream.list_unsubscribe == ListUnsubscribe::replace;
  const UnsubscribeOptions& options = snapshot.config.unsubscribe;
  OwnFields own{.link = {},
                .mailto = {},
                .wrote_link = wrote_link_of(recipient, snapshot),
                .signed_link = options.one_click && !options.link.empty()};
  std::optional<Error> fault;
  if (snapshot.unsubscribe && !recipient.empty() && (replaces || !fields_.has_way_out())) {
    Offer offer = snapshot.unsubscribe->offers.offer(recipient, scope, today());
    own.link = std::move(offer.link);
    own.mailto = std::move(offer.mailto);
    fault = std::move(offer.fault);
  }
  return {.plan = fields_.plan(replaces, own), .fault = std::move(fault)};
}

bool ListOffer::has_way_out(const FieldPlan& plan) const noexcept {
  return plan.outcome == FieldsOutcome::added || plan.outcome == FieldsOutcome::replaced ||
         fields_.has_way_out();
}

}  // namespace optout

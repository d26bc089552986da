#include "traffic/mail_order.h"

#include "address/lookup_key.h"
#include "util/hash64.h"

#include <algorithm>

namespace optout {
namespace {

std::optional<std::uint64_t> name_of(const Delivery& delivery) {
  if (delivery.message.empty()) return std::nullopt;
  std::uint64_t name = hash64(delivery.message);
  for (const auto& text : {delivery.origin.auth, delivery.origin.client, delivery.origin.sender})
    name = hash64(text, name);
  return name;
}

void make_unique(std::vector<Person>& people) {
  std::sort(people.begin(), people.end());
  people.erase(std::unique(people.begin(), people.end()), people.end());
}

}  // namespace

bool MailOrder::add(const Delivery& delivery) {
  newest_ = std::max(newest_, delivery.seen);
  // Of a message that takes long to be delivered, the last recipients count when they are tried.
  const MailTime at = newest_ - delivery.at <= kSlack ? delivery.at : delivery.seen;
  if (newest_ - at > kSlack) return false;

  const auto name = name_of(delivery);
  const auto known = name ? by_name_.find(*name) : by_name_.end();
  ByTime::iterator entry;
  if (known != by_name_.end()) {
    entry = known->second;
  } else {
    entry = pending_.emplace(
        at, Pending{.mail = {.at = at,
                             .origin = delivery.origin,
                             .print = delivery.print,
                             .has_list_unsubscribe = delivery.has_list_unsubscribe},
                    .name = name});
    if (name) by_name_.emplace(*name, entry);
  }
  PastMail& mail = entry->second.mail;
  (delivery.opted_out ? mail.opted_out : mail.people)
      .push_back(hash64(lookup_key(delivery.recipient).key));
  return true;
}

std::optional<PastMail> MailOrder::next(bool all) {
  if (pending_.empty()) return std::nullopt;
  const auto oldest = pending_.begin();
  if (!all && newest_ - oldest->first <= kSlack) return std::nullopt;
  if (oldest->second.name) by_name_.erase(*oldest->second.name);
  PastMail mail = std::move(oldest->second.mail);
  pending_.erase(oldest);
  make_unique(mail.people);
  make_unique(mail.opted_out);
  return mail;
}

}  // namespace optout

#include "message/requests.h"

#include "address/ascii.h"
#include "message/envelope_edit.h"
#include "suppression/members.h"
#include "unsubscribe/reply_address.h"
#include "unsubscribe/unsubscriber.h"
#include "util/structured_field.h"

#include <algorithm>
#include <chrono>

namespace optout {
namespace {

constexpr std::size_t kLongestMessageId = 998;  // RFC 5322 2.1.1: one line

// For all requests of a message together, as long as one callback may take.
constexpr std::chrono::milliseconds kPatience{300};

// Whether what the MTA made of an address may be one at our domain: most are not, and need no
// closer look.
bool may_be_at(std::string_view address, std::string_view domain) {
  if (address.size() <= domain.size()) return false;
  address = address.substr(0, address.find_last_not_of("> ") + 1);
  return address.size() > domain.size() &&
         ascii::same_ignoring_case(address.substr(address.size() - domain.size()), domain);
}

}  // namespace

Requests::Found Requests::look_into(const LookupKey& key) const {
  const std::string& domain = snapshot_.config.unsubscribe.domain;
  if (key.domain() != domain) return {};
  const auto local_part = std::string_view(key.key).substr(0, key.key.size() - domain.size() - 1);
  const auto text = token_of(local_part);
  return {text.has_value(),
          snapshot_.unsubscribe->tokens->verify(Purpose::reply, text.value_or(local_part))};
}

Requests::Kind Requests::take(std::string_view as_given, const LookupKey& key,
                              std::string_view made_of_it, bool may_refuse) {
  const UnsubscribeService* const service = snapshot_.unsubscribe.get();
  if (service == nullptr) return Kind::none;
  Found found = look_into(key);
  if (!found.token && may_be_at(made_of_it, snapshot_.config.unsubscribe.domain)) {
    Found rewritten = look_into(lookup_key(made_of_it));
    found = {found.prefixed || rewritten.prefixed, std::move(rewritten.token)};
  }
  if (!found.token) {
    if (!found.prefixed) return Kind::none;
    ++bad_tokens_;
    service->meters.bad_token();
    return Kind::bad_token;
  }
  const auto known = std::find(requests_.begin(), requests_.end(), *found.token);
  const auto request = static_cast<std::size_t>(known - requests_.begin());
  if (known == requests_.end()) {
    if (may_refuse && requests_.size() >= kMost) return Kind::too_many;
    requests_.push_back(*std::move(found.token));
  }
  swallowed_.push_back({std::string(as_given), request});
  return Kind::request;
}

void Requests::header(std::string_view name, std::string_view value) {
  if (requests_.empty()) return;
  automatic_.header(name, value);
  if (message_id_ || !ascii::same_ignoring_case(name, "Message-ID")) return;
  message_id_ = without_space_around(value).substr(0, kLongestMessageId);
}

std::string Requests::author_kept(const std::string& from) const {
  if (!snapshot_.config.unsubscribe.keep_from) return {};
  const LookupKey key = lookup_key(from);
  return key.key.empty() ? std::string() : member_to_write(key.key, snapshot_.config.addresses);
}

Result<Done> Requests::record(const std::string& from, bool discards, const MessageFacts& facts,
                              Mta& mta) {
  using Clock = std::chrono::steady_clock;
  if (requests_.empty()) return Done{};
  const UnsubscribeService& service = *snapshot_.unsubscribe;
  const auto begin = Clock::now();
  const std::string author = author_kept(from);
  const auto before = service.unsubscriber.recorded_before(requests_, begin + kPatience / 2);
  // Another one comes first at each attempt: whatever takes too long starves none for good.
  const auto first = static_cast<std::size_t>(begin.time_since_epoch().count());
  Result<Done> all = Done{};
  for (std::size_t i = 0; i < requests_.size(); ++i) {
    const std::size_t request = (first + i) % requests_.size();
    const Token& token = requests_[request];
    const bool is_late = Clock::now() >= begin + kPatience;
    Result<Unsubscribed> done = Error{Fault::timeout, "too many requests for one message"};
    if (before[request]) {
      done = *before[request];
    } else if (!is_late) {
      done = service.unsubscriber.record({.token = token,
                                          .source = Source::reply,
                                          .message_id = message_id_.value_or(""),
                                          .from = author});
    }
    if (!done) {
      service.meters.not_recorded(token);
      message_log::not_recorded(mta, facts, token, done.error());
      if (all) all = done.error();
      if (is_late) return all;
      continue;
    }
    if (done->outcome == Unsubscribed::Outcome::no_address && !discards) pass_on(request);
    service.meters.recorded(token, done->outcome);
    message_log::unsubscribed(mta, facts, token, *done);
    confirm(token, *done, from, mta);
  }
  return all;
}

void Requests::confirm(const Token& token, const Unsubscribed& done, const std::string& from,
                       Mta& mta) const {
  if (!snapshot_.confirmations || done.outcome != Unsubscribed::Outcome::added) return;
  AutomaticMail mail = automatic_;
  mail.from(from);
  const std::string& address = token.stored ? done.member : token.address;
  if (mail.is_automatic() || !can_be_written_to(address)) return;
  snapshot_.confirmer->confirm({.route = snapshot_.confirmations,
                                .confirmation = {.address = address,
                                                 .set = done.set,
                                                 .request_id = message_id_.value_or("")},
                                .member = done.member,
                                .queue_id = std::string(mta.macro("i"))});
}

void Requests::pass_on(std::size_t request) {
  passes_on_ = true;
  std::erase_if(swallowed_,
                [&](const Swallowed& recipient) { return recipient.request == request; });
}

bool Requests::take_off_envelope(Mta& mta) const {
  bool done = true;
  for (const Swallowed& recipient : swallowed_)
    done = optout::take_off_envelope(recipient.as_given, mta) && done;
  return done;
}

}  // namespace optout

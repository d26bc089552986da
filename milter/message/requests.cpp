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

// What stands for a token in an address at our domain.
std::optional<std::string_view> token_in(const LookupKey& key) {
  const std::string_view address = key.key;
  return token_of(address.substr(0, address.size() - key.domain().size() - 1));
}

}  // namespace

Requests::Kind Requests::take(std::string_view as_given, const LookupKey& key) {
  const UnsubscribeService* const service = snapshot_.unsubscribe.get();
  if (service == nullptr || key.domain() != snapshot_.config.unsubscribe.domain) return Kind::none;
  const auto text = token_in(key);
  if (!text) return Kind::none;
  auto token = service->tokens->verify(Purpose::reply, *text);
  if (!token) {
    ++bad_tokens_;
    service->meters.bad_token();
    return Kind::bad_token;
  }
  const bool is_new = std::find(requests_.begin(), requests_.end(), *token) == requests_.end();
  if (is_new && requests_.size() >= kMost) return Kind::too_many;
  if (is_new) requests_.push_back(*std::move(token));
  swallowed_.emplace_back(as_given);
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
  const auto deadline = Clock::now() + kPatience;
  const std::string author = author_kept(from);
  for (const Token& token : requests_) {
    const UnsubscribeService& service = *snapshot_.unsubscribe;
    Result<Unsubscribed> done = Error{Fault::timeout, "too many requests for one message"};
    if (Clock::now() < deadline) {
      done = service.unsubscriber.record({.token = token,
                                          .source = Source::reply,
                                          .message_id = message_id_.value_or(""),
                                          .from = author});
    }
    if (!done) {
      service.meters.not_recorded(token);
      message_log::not_recorded(mta, facts, token, done.error());
      return done.error();
    }
    if (done->outcome == Unsubscribed::Outcome::no_address && !discards) pass_on(token);
    service.meters.recorded(token, done->outcome);
    message_log::unsubscribed(mta, facts, token, *done);
    confirm(token, *done, from, mta);
  }
  return Done{};
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

void Requests::pass_on(const Token& token) {
  passes_on_ = true;
  std::erase_if(swallowed_, [&](const std::string& as_given) {
    const LookupKey key = lookup_key(as_given);
    const auto text = token_in(key);
    return text && snapshot_.unsubscribe->tokens->verify(Purpose::reply, *text) == token;
  });
}

bool Requests::take_off_envelope(Mta& mta) const {
  bool done = true;
  for (const std::string& as_given : swallowed_)
    done = optout::take_off_envelope(as_given, mta) && done;
  return done;
}

}  // namespace optout

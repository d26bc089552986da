#include "message/requests.h"

#include "address/ascii.h"
#include "message/envelope_edit.h"
#include "unsubscribe/reply_address.h"
#include "unsubscribe/unsubscriber.h"

namespace optout {
namespace {

std::string_view without_white_space(std::string_view text) {
  const auto first = text.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
}

constexpr std::size_t kLongestMessageId = 998;  // RFC 5322 2.1.1: one line

}  // namespace

Requests::Kind Requests::take(std::string_view as_given, const LookupKey& key, bool may_refuse) {
  const UnsubscribeService* const service = snapshot_.unsubscribe.get();
  if (service == nullptr || key.domain() != snapshot_.config.unsubscribe.domain) return Kind::none;
  const std::string_view address = key.key;
  const auto text = token_of(address.substr(0, address.size() - key.domain().size() - 1));
  if (!text) return Kind::none;
  auto token = service->tokens->verify(Purpose::reply, *text);
  if (!token) {
    ++bad_tokens_;
    service->meters.bad_token();
    return Kind::bad_token;
  }
  if (may_refuse && requests_.size() >= kMost) return Kind::too_many;
  requests_.push_back(*std::move(token));
  swallowed_.emplace_back(as_given);
  return Kind::request;
}

void Requests::header(std::string_view name, std::string_view value) {
  if (requests_.empty() || message_id_ || !ascii::same_ignoring_case(name, "Message-ID")) return;
  message_id_ = without_white_space(value).substr(0, kLongestMessageId);
}

Result<Done> Requests::record(const std::string& from, const MessageFacts& facts, Mta& mta) const {
  for (const Token& token : requests_) {
    const UnsubscribeService& service = *snapshot_.unsubscribe;
    const auto done =
        service.unsubscriber.record({.token = token,
                                     .source = Source::reply,
                                     .message_id = message_id_.value_or(""),
                                     .from = snapshot_.config.unsubscribe.keep_from ? from : ""});
    if (!done) {
      service.meters.not_recorded();
      message_log::not_recorded(mta, facts, token, done.error());
      return done.error();
    }
    service.meters.recorded(done->outcome);
    message_log::unsubscribed(mta, facts, token, *done);
  }
  return Done{};
}

bool Requests::take_off_envelope(Mta& mta) const {
  bool done = true;
  for (const std::string& as_given : swallowed_)
    done = optout::take_off_envelope(as_given, mta) && done;
  return done;
}

}  // namespace optout

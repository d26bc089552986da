#include "traffic/postfix_log.h"

#include <fmt/format.h>

#include <algorithm>

namespace optout {
namespace {

constexpr std::chrono::days kStays{6};  // in the queue: Postfix gives up after five

// "192.0.2.7" of "web.example.com[192.0.2.7]:34567".
std::string_view address_of(std::string_view client) noexcept {
  const std::size_t open = client.rfind('[');
  const std::size_t close = client.rfind(']');
  if (open == std::string_view::npos || close == std::string_view::npos || close < open) return {};
  return client.substr(open + 1, close - open - 1);
}

}  // namespace

std::optional<Delivery> PostfixLog::read(const PostfixLine& line) {
  if (line.queue_id.empty()) return std::nullopt;
  forget_before(line.at - kStays);
  if (line.text.starts_with("client=")) {
    begin(line);
    Origin& origin = message(line).origin;
    const auto client = attribute(line.text, "client");
    const auto relayed_for = attribute(line.text, "orig_client");
    origin.client = address_of(relayed_for ? *relayed_for : client.value_or(""));
    origin.auth = attribute(line.text, "sasl_username").value_or("");
  } else if (line.service == "pickup" && line.text.starts_with("uid=")) {
    begin(line);
  } else if (line.text.starts_with("from=<")) {
    Message& known = message(line);
    known.origin.sender = attribute(line.text, "from").value_or("");
    known.has_sender = true;
  } else if (line.text == "removed") {
    if (const auto known = messages_.find(line.queue_id); known != messages_.end())
      messages_.erase(known);
  } else if (line.text.starts_with("to=<") && attribute(line.text, "status")) {
    return delivery(line);
  }
  return std::nullopt;
}

PostfixLog::Message& PostfixLog::message(const PostfixLine& line) {
  const auto known = messages_.find(line.queue_id);
  if (known != messages_.end()) return known->second;
  by_age_.emplace_back(line.at, line.queue_id);
  Message& made = messages_[std::string(line.queue_id)];
  made.at = line.at;
  return made;
}

// A queue ID may be given again once the message that had it is gone, removed or refused.
void PostfixLog::begin(const PostfixLine& line) {
  Message& known = message(line);
  known = Message{.at = line.at, .has_origin = true};
  by_age_.emplace_back(line.at, line.queue_id);
}

std::optional<Delivery> PostfixLog::delivery(const PostfixLine& line) {
  const auto known = messages_.find(line.queue_id);
  if (known == messages_.end() || !known->second.has_origin || !known->second.has_sender) {
    ++without_origin_;
    return std::nullopt;
  }
  // Aliases come behind the milter, which has seen the address that was given.
  const auto given = attribute(line.text, "orig_to");
  const std::string_view to = given ? *given : attribute(line.text, "to").value_or("");
  Message& message = known->second;
  if (to.empty() || !message.recipients.emplace(to).second) return std::nullopt;
  return Delivery{
      .at = message.at,
      .seen = line.at,
      .message = fmt::format("{}/{}", line.queue_id, message.at.time_since_epoch().count()),
      .origin = message.origin,
      .recipient = std::string(to)};
}

void PostfixLog::forget_before(MailTime time) {
  while (!by_age_.empty() && by_age_.front().first < time) {
    const auto old = messages_.find(by_age_.front().second);
    if (old != messages_.end() && old->second.at < time) messages_.erase(old);
    by_age_.pop_front();
  }
}

}  // namespace optout

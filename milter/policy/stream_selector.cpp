#include "policy/stream_selector.h"

#include "address/ascii.h"
#include "policy/comparable.h"

#include <algorithm>

namespace optout {
namespace {

// The conditions of a stream, one bit each; those on header fields come last.
constexpr std::uint32_t kSender = 1U << 0U;
constexpr std::uint32_t kAuth = 1U << 1U;
constexpr std::uint32_t kClient = 1U << 2U;
constexpr std::uint32_t kListener = 1U << 3U;
constexpr std::uint32_t kEnvelope = kSender | kAuth | kClient | kListener;
constexpr std::uint32_t kFrom = 1U << 4U;
constexpr std::uint32_t kFirstHeader = 1U << 5U;

// Longer names than a pattern may have are none we look for.
constexpr std::size_t kLongestName = 255;

void mark_met(const std::vector<ConditionOf>& conditions, std::vector<std::uint32_t>& unmet) {
  for (const auto& [stream, bit] : conditions)
    unmet[stream] &= ~bit;
}

}  // namespace

StreamSelector::StreamSelector(std::span<const Stream> streams) : streams_(streams) {
  if (streams.size() == 1) {
    only_ = {&streams.front()};
    return;
  }
  asked_.resize(streams.size());
  for (std::uint32_t i = 0; i < streams.size(); ++i)
    index(i, streams[i].when);
}

void StreamSelector::index(std::uint32_t stream, const Conditions& when) {
  const auto add = [&](PatternIndex& index, const std::vector<std::string>& patterns,
                       std::uint32_t bit) {
    if (!patterns.empty()) asked_[stream] |= bit;
    for (const std::string& pattern : patterns)
      index.add(pattern, {stream, bit});
  };
  add(sender_, when.sender, kSender);
  add(auth_, when.auth, kAuth);
  add(listener_, when.listener, kListener);
  add(from_, when.from, kFrom);
  for (const IpNetwork& network : when.client) {
    asked_[stream] |= kClient;
    client_[network].push_back({stream, kClient});
    if (std::find(client_bits_.begin(), client_bits_.end(), network.bits) == client_bits_.end())
      client_bits_.push_back(network.bits);
  }
  std::uint32_t bit = kFirstHeader;
  for (const auto& [name, values] : when.header) {
    add(name == "list-id" ? list_id_ : header_[name], values, bit);
    bit <<= 1U;
  }
}

void StreamSelector::meet(const PatternIndex& index, std::string_view text,
                          std::vector<std::uint32_t>& unmet) const {
  if (index.empty()) return;
  std::vector<ConditionOf> matched;
  index.match(text, matched);
  mark_met(matched, unmet);
}

void StreamSelector::meet_client(std::string_view client, std::vector<std::uint32_t>& unmet) const {
  if (client_.empty()) return;
  const auto address = parse_ip_address(client);
  if (!address) return;
  for (const unsigned bits : client_bits_) {
    const auto found = client_.find({.address = masked(*address, bits), .bits = bits});
    if (found != client_.end()) mark_met(found->second, unmet);
  }
}

Selection::Selection(const StreamSelector& selector, const Envelope& envelope)
    : selector_(selector) {
  if (!selector.only_.empty()) return;
  unmet_ = selector.asked_;
  if (!envelope.sender.empty()) selector.meet(selector.sender_, envelope.sender, unmet_);
  if (!envelope.auth.empty()) selector.meet(selector.auth_, ascii::lowered(envelope.auth), unmet_);
  if (!envelope.listener.empty())
    selector.meet(selector.listener_, ascii::lowered(envelope.listener), unmet_);
  selector.meet_client(envelope.client, unmet_);
  for (std::size_t i = 0; i < unmet_.size(); ++i) {
    if ((unmet_[i] & kEnvelope) != 0) continue;
    candidates_.push_back(&selector.streams_[i]);
    if (unmet_[i] == 0) break;  // whatever comes behind it cannot win any more
  }
}

bool Selection::header(std::string_view name, std::string_view value) {
  if (decided() || selector_.header_.empty() || name.size() > kLongestName) return true;
  char lowered[kLongestName];
  std::transform(name.begin(), name.end(), lowered, ascii::lower);
  const auto watched = selector_.header_.find(std::string_view(lowered, name.size()));
  if (watched == selector_.header_.end()) return true;
  // Patterns cost time for every octet: what is longer than any sensible field matches nothing.
  if (value.size() > std::min(kLongestValue, octets_left_)) return false;
  octets_left_ -= value.size();
  selector_.meet(watched->second, comparable(value), unmet_);
  return true;
}

void Selection::end_of_headers(const HeaderFacts& headers) {
  if (decided()) return;
  if (const auto& id = headers.list_id()) selector_.meet(selector_.list_id_, *id, unmet_);
  if (const auto& from = headers.from()) selector_.meet(selector_.from_, *from, unmet_);
  const auto holds = [&](const Stream* stream) {
    return unmet_[static_cast<std::size_t>(stream - selector_.streams_.data())] == 0;
  };
  candidates_ = {*std::find_if(candidates_.begin(), candidates_.end() - 1, holds)};
}

Candidates Selection::candidates() const noexcept {
  return selector_.only_.empty() ? candidates_ : selector_.only_;
}

}  // namespace optout

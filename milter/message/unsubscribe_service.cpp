#include "message/unsubscribe_service.h"

#include "metrics/metric.h"
#include "unsubscribe/set_reference.h"
#include "util/hash64.h"

#include <cstdint>
#include <string_view>
#include <vector>

namespace optout {
namespace {

// All that tokens may refer to without anybody having noted it: what streams are called, and what
// they name.
std::vector<SetName> sets_by_name(const Config& config) {
  std::vector<SetName> sets;
  for (const Stream& stream : config.streams) {
    sets.push_back(SetName::stream(stream.name, stream.tenant));
    sets.emplace_back("global", stream.tenant);
    for (const std::string& honoured : stream.honours) {
      if (honoured.starts_with("list:") || honoured.starts_with("stream:"))
        sets.emplace_back(honoured, stream.tenant);
    }
  }
  return sets;
}

// Made here, as a hash takes longer than the rest of a token.
std::vector<std::optional<std::uint32_t>> scopes_of_streams(const Config& config) {
  const bool of_stream = config.unsubscribe.scope != TokenScope::global;
  std::vector<std::optional<std::uint32_t>> scopes;
  for (const Stream& stream : config.streams) {
    scopes.push_back(scope_of_token(of_stream ? SetName::stream(stream.name, stream.tenant)
                                              : SetName("global", stream.tenant)));
  }
  return scopes;
}

// Tells apart whose opt-out from what is asked for, however often and with whatever key.
std::uint64_t number_of(const Token& token) {
  const std::uint64_t from_what = token.scope ? *token.scope + std::uint64_t{1} : 0;
  return hash64(token.address, from_what * 3 + token.stored.value_or(0) * 5);
}

}  // namespace

RequestMeters::RequestMeters(Meters& meters) {
  const auto counter = [&](std::string_view result) {
    return meters.counter(metrics::kUnsubscribeRequests, {to_string(Source::reply), result});
  };
  for (std::size_t i = 0; i < outcomes_.size(); ++i)
    outcomes_.at(i) = counter(to_string(static_cast<Unsubscribed::Outcome>(i)));
  bad_token_ = counter("bad_token");
  not_recorded_ = counter("not_recorded");
  unapplied_ = &meters.unapplied();
}

void RequestMeters::recorded(const Token& token, Unsubscribed::Outcome outcome) const {
  outcomes_.at(static_cast<std::size_t>(outcome)).add();
  if (unapplied_ != nullptr) unapplied_->done(number_of(token));
}

void RequestMeters::not_recorded(const Token& token) const {
  not_recorded_.add();
  if (unapplied_ != nullptr) unapplied_->put_off(number_of(token));
}

std::shared_ptr<const UnsubscribeService> make_unsubscribe_service(
    const Config& config, std::shared_ptr<SuppressionStore> store,
    std::shared_ptr<Registry> registry, Meters* meters) {
  const UnsubscribeOptions& options = config.unsubscribe;
  if (options.domain.empty()) return nullptr;
  auto tokens = std::make_shared<const Tokens>(options.keys);
  return std::make_shared<const UnsubscribeService>(
      UnsubscribeService{.tokens = tokens,
                         .offers = Offers(options, tokens, registry, config.addresses),
                         .unsubscriber = Unsubscriber(std::move(store), std::move(registry),
                                                      config.addresses, sets_by_name(config)),
                         .scopes = scopes_of_streams(config),
                         .meters = meters == nullptr ? RequestMeters() : RequestMeters(*meters)});
}

}  // namespace optout

// What it takes to unsubscribe people by mail: keys made ready, what mails offer, and where
// requests are recorded. Made once for a configuration that names keys.
//
// Threads: any.

#pragma once

#include "config/config.h"
#include "metrics/meters.h"
#include "suppression/registry.h"
#include "suppression/store.h"
#include "unsubscribe/offers.h"
#include "unsubscribe/token.h"
#include "unsubscribe/unsubscriber.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

namespace optout {

// What became of requests that came by mail; counts nothing where it was made by default.
class RequestMeters {
public:
  RequestMeters() = default;
  explicit RequestMeters(Meters& meters);

  void recorded(const Token& token, Unsubscribed::Outcome outcome) const;
  void bad_token() const noexcept { bad_token_.add(); }
  void not_recorded(const Token& token) const;

private:
  std::array<Counter, static_cast<std::size_t>(Unsubscribed::Outcome::no_address) + 1> outcomes_;
  Counter bad_token_;
  Counter not_recorded_;
  Waiting* unapplied_ = nullptr;
};

struct UnsubscribeService {
  std::shared_ptr<const Tokens> tokens;
  Offers offers;
  Unsubscriber unsubscriber;
  // What tokens in mail of each of config.streams opt out of, unless they refer to a list.
  std::vector<std::optional<std::uint32_t>> scopes;
  RequestMeters meters;
};

// Null where the configuration names no unsubscribe.domain. `registry` and `meters` may be null.
std::shared_ptr<const UnsubscribeService> make_unsubscribe_service(
    const Config& config, std::shared_ptr<SuppressionStore> store,
    std::shared_ptr<Registry> registry, Meters* meters);

}  // namespace optout

#include "message/snapshot.h"

#include "message/counted_store.h"
#include "suppression/redis_registry.h"
#include "suppression/redis_store.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <climits>
#include <string_view>

namespace optout {
namespace {

Instant now() {
  return std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
}

// Whatever can be made ready before the first message comes.
void take(Snapshot& snapshot, Config config, std::shared_ptr<Registry> registry, Meters* meters) {
  snapshot.config = std::move(config);
  if (registry && !snapshot.config.unsubscribe.domain.empty())
    snapshot.known_lists = std::make_shared<KnownLists>(registry, now);
  snapshot.unsubscribe =
      make_unsubscribe_service(snapshot.config, snapshot.store, std::move(registry), meters);
  snapshot.selector.emplace(snapshot.config.streams);
  snapshot.known_sets.emplace(snapshot.config.streams);
  for (const Stream& stream : snapshot.config.streams)
    snapshot.needs_destinations = snapshot.needs_destinations || !stream.recipients_only.empty() ||
                                  stream.list_unsubscribe != ListUnsubscribe::keep;
  for (const Stream& stream : snapshot.config.streams) {
    snapshot.stream_meters.push_back(meters == nullptr ? StreamMeters()
                                                       : StreamMeters(*meters, stream));
  }
}

// What others call this host: as it names itself, without its domain.
std::string host_name() {
  std::array<char, HOST_NAME_MAX + 1> name{};
  if (::gethostname(name.data(), name.size() - 1) != 0) return "localhost";
  const std::string_view whole(name.data());
  return std::string(whole.substr(0, whole.find('.')));
}

// Once snapshot.config is there.
void take(Snapshot& snapshot, Confirming confirming) {
  const UnsubscribeOptions& options = snapshot.config.unsubscribe;
  snapshot.confirmer = std::move(confirming.confirmer);
  if (!options.confirm || options.domain.empty() || !snapshot.confirmer || !confirming.limit)
    return;
  snapshot.confirmations = std::make_shared<const ConfirmationRoute>(
      ConfirmationRoute{.domain = options.domain,
                        .server = options.confirm_via,
                        .limit = std::move(confirming.limit)});
}

}  // namespace

bool guard_counts(const Config& config) {
  const auto has_limits = [](const OwnLimits& own) { return !own.off && !own.limits.empty(); };
  return config.guard.mode != GuardMode::off &&
         (!config.guard.limits.empty() ||
          std::any_of(config.guard.senders.begin(), config.guard.senders.end(),
                      [&](const SenderRule& rule) { return has_limits(rule.own); }) ||
          std::any_of(config.streams.begin(), config.streams.end(), [&](const Stream& stream) {
            return stream.guard && has_limits(*stream.guard);
          }));
}

std::shared_ptr<const Snapshot> make_snapshot(Config config, const Snapshot* previous,
                                              Meters& meters) {
  auto snapshot = std::make_shared<Snapshot>();
  const bool same_redis = previous != nullptr && previous->config.redis == config.redis;
  snapshot->executor = same_redis
                           ? previous->executor
                           : std::shared_ptr<redis::Executor>(redis::make_client(config.redis));
  snapshot->store =
      counted_store(make_redis_store(*snapshot->executor, config.prefix, config.addresses), meters);
  std::shared_ptr<Registry> registry =
      make_redis_registry(*snapshot->executor, config.prefix, config.addresses);
  Confirming confirming{
      .confirmer = previous != nullptr ? previous->confirmer : std::make_shared<Confirmer>(meters),
      .limit = make_redis_rate_limit(snapshot->executor, config.prefix)};
  take(*snapshot, std::move(config), std::move(registry), &meters);
  take(*snapshot, std::move(confirming));
  snapshot->notifier =
      previous != nullptr ? previous->notifier : std::make_shared<Notifier>(meters);
  const Config& taken = snapshot->config;
  if (guard_counts(taken)) {
    snapshot->guard = std::make_shared<GuardService>(snapshot->executor, taken.prefix, taken.guard,
                                                     host_name(), GuardMeters(meters));
  }
  return snapshot;
}

std::shared_ptr<const Snapshot> make_snapshot(Config config,
                                              std::shared_ptr<SuppressionStore> store,
                                              std::shared_ptr<Registry> registry, Meters* meters,
                                              Confirming confirming) {
  auto snapshot = std::make_shared<Snapshot>();
  snapshot->store = std::move(store);
  take(*snapshot, std::move(config), std::move(registry), meters);
  take(*snapshot, std::move(confirming));
  return snapshot;
}

}  // namespace optout

#include "session/snapshot.h"

#include "policy/policy.h"
#include "suppression/redis_store.h"

namespace optout {

std::shared_ptr<const Snapshot> make_snapshot(Config config, const Snapshot* previous) {
  auto snapshot = std::make_shared<Snapshot>();
  const bool same_redis = previous != nullptr && previous->config.redis == config.redis;
  snapshot->executor = same_redis
                           ? previous->executor
                           : std::shared_ptr<redis::Executor>(redis::make_client(config.redis));
  snapshot->store = make_redis_store(*snapshot->executor, config.prefix, config.addresses);
  snapshot->sets_at_recipient = sets_at_recipient(config.streams.front());
  snapshot->config = std::move(config);
  return snapshot;
}

std::shared_ptr<const Snapshot> make_snapshot(Config config,
                                              std::shared_ptr<SuppressionStore> store) {
  auto snapshot = std::make_shared<Snapshot>();
  snapshot->store = std::move(store);
  snapshot->sets_at_recipient = sets_at_recipient(config.streams.front());
  snapshot->config = std::move(config);
  return snapshot;
}

}  // namespace optout

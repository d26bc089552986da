#include "message/snapshot.h"

#include "message/counted_store.h"
#include "suppression/redis_store.h"

namespace optout {
namespace {

// Whatever can be made ready before the first message comes.
void take_streams(Snapshot& snapshot, Config config, Meters* meters) {
  snapshot.config = std::move(config);
  snapshot.selector.emplace(snapshot.config.streams);
  snapshot.known_sets.emplace(snapshot.config.streams);
  for (const Stream& stream : snapshot.config.streams)
    snapshot.bars_recipients = snapshot.bars_recipients || !stream.recipients_only.empty();
  for (const Stream& stream : snapshot.config.streams) {
    snapshot.stream_meters.push_back(meters == nullptr ? StreamMeters()
                                                       : StreamMeters(*meters, stream));
  }
}

}  // namespace

std::shared_ptr<const Snapshot> make_snapshot(Config config, const Snapshot* previous,
                                              Meters& meters) {
  auto snapshot = std::make_shared<Snapshot>();
  const bool same_redis = previous != nullptr && previous->config.redis == config.redis;
  snapshot->executor = same_redis
                           ? previous->executor
                           : std::shared_ptr<redis::Executor>(redis::make_client(config.redis));
  snapshot->store =
      counted_store(make_redis_store(*snapshot->executor, config.prefix, config.addresses), meters);
  take_streams(*snapshot, std::move(config), &meters);
  return snapshot;
}

std::shared_ptr<const Snapshot> make_snapshot(Config config,
                                              std::shared_ptr<SuppressionStore> store,
                                              Meters* meters) {
  auto snapshot = std::make_shared<Snapshot>();
  snapshot->store = std::move(store);
  take_streams(*snapshot, std::move(config), meters);
  return snapshot;
}

}  // namespace optout

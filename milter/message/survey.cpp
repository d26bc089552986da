#include "message/survey.h"

#include "metrics/metric.h"
#include "suppression/redis_registry.h"
#include "suppression/redis_schema.h"

#include <algorithm>
#include <exception>
#include <optional>
#include <set>
#include <span>
#include <utility>

namespace optout {
namespace {

constexpr std::string_view kOfAllLists = "list:*";

// Every set that a stream names; those of lists that mail names come on top.
std::vector<SetName> named_sets(const Snapshot& snapshot) {
  std::set<SetName> names;
  for (const Stream& stream : snapshot.config.streams) {
    const auto& sets = snapshot.known_sets->of(stream).sets;
    names.insert(sets.begin(), sets.end());
  }
  return {names.begin(), names.end()};
}

std::set<std::string> tenants_with_lists(const Snapshot& snapshot) {
  std::set<std::string> tenants;
  for (const Stream& stream : snapshot.config.streams) {
    if (stream.does_honour("list")) tenants.insert(stream.tenant);
  }
  return tenants;
}

struct Sizes {
  bool marked = false;                          // the store is there, and ours
  std::vector<std::optional<double>> of_set{};  // nothing where Redis does not say
};

Sizes sizes_of(const Snapshot& snapshot, std::span<const SetName> sets) {
  const RedisSchema schema(snapshot.config.prefix, snapshot.config.addresses);
  redis::Commands questions;
  for (const SetName& set : sets)
    questions.add({"SCARD", schema.set(set)});
  schema.ask_for_marker(questions);
  redis::Executor& redis = *snapshot.executor;
  const auto replies = redis.run(questions, redis.deadline(), redis::Executor::Repeat::yes);
  if (!replies || replies->size() != questions.count() || schema.fault_of_marker(replies->back())) {
    return {};
  }
  Sizes found{.marked = true};
  for (std::size_t i = 0; i < sets.size(); ++i) {
    const redis::Reply& reply = (*replies)[i];
    found.of_set.push_back(reply.is_integer() ? std::optional(static_cast<double>(reply.integer()))
                                              : std::nullopt);
  }
  return found;
}

}  // namespace

Survey::~Survey() {
  {
    const std::scoped_lock lock(mutex_);
    stops_ = true;
  }
  stopped_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void Survey::start() {
  thread_ = std::thread([this] { run(); });
}

void Survey::run() {
  std::unique_lock lock(mutex_);
  do {
    lock.unlock();
    try {
      look();
    } catch (const std::exception&) {  // no memory: there is another time
    }
    lock.lock();
  } while (!stopped_.wait_for(lock, kPause, [this] { return stops_; }));
}

void Survey::look() {
  const auto snapshot = snapshot_.get();
  if (snapshot.get() != seen_ || looks_ % kLooksForLists == 0) {
    looks_ = 0;
    seen_ = snapshot.get();
    look_at_lists(*snapshot);
  }
  ++looks_;
  look_at(*snapshot);
}

void Survey::look_at(const Snapshot& snapshot) {
  const std::vector<SetName> sets = named_sets(snapshot);
  bool is_there = true;
  Samples samples;
  for (std::size_t start = 0; start == 0 || (is_there && start < sets.size()); start += kBatch) {
    const auto batch =
        std::span(sets).subspan(start, std::min<std::size_t>(kBatch, sets.size() - start));
    const Sizes found = sizes_of(snapshot, batch);
    is_there = found.marked;
    for (std::size_t i = 0; is_there && i < batch.size(); ++i) {
      if (found.of_set[i])
        samples.push_back({.labels = {std::string(batch[i].text()), std::string(batch[i].tenant())},
                           .value = *found.of_set[i]});
    }
  }
  if (is_there) {
    samples.insert(samples.end(), of_lists_.begin(), of_lists_.end());
  } else {
    samples.clear();  // what nobody can see now has no size
    looks_ = 0;
  }
  meters_.show(metrics::kSetMembers, std::move(samples));
  meters_.show(metrics::kRedisUp, {{.labels = {}, .value = is_there ? 1.0 : 0.0}});
}

void Survey::look_at_lists(const Snapshot& snapshot) {
  of_lists_.clear();
  const auto registry =
      make_redis_registry(*snapshot.executor, snapshot.config.prefix, snapshot.config.addresses);
  for (const std::string& tenant : tenants_with_lists(snapshot)) {
    const auto lists = registry->lists(tenant);
    if (!lists) continue;
    std::vector<SetName> sets;
    for (const KnownList& list : *lists)
      sets.push_back(list.set());
    double members = 0;
    bool all_told = true;
    for (std::size_t start = 0; all_told && start < sets.size(); start += kBatch) {
      const auto batch =
          std::span(sets).subspan(start, std::min<std::size_t>(kBatch, sets.size() - start));
      const Sizes found = sizes_of(snapshot, batch);
      all_told = found.marked;
      for (const auto& size : found.of_set) {
        all_told = all_told && size.has_value();
        members += size.value_or(0);
      }
    }
    if (all_told)
      of_lists_.push_back({.labels = {std::string(kOfAllLists), tenant}, .value = members});
  }
}

}  // namespace optout
